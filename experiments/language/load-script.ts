/** A k6 script as load: `load: {script: perf/checkout.js}`, alone or beside scenarios. */
import { z } from 'zod';
import type { ExperimentFiles } from './files.ts';
import { text } from './names.ts';

/** The keys of `load` that are about a script. */
export const scriptKeys = {
  script: z.string().min(1).optional().describe('A k6 script that runs as load, by its path from this file.'),
  env: z.record(z.string(), text).optional().describe("The script's variables: its `__ENV`. Nothing else of the environment reaches it."),
  with: z.record(z.string(), z.unknown()).optional().describe("Options of k6 over the script's own: `{vus: 5, duration: 1m}`."),
};

/** A script to run beside the scenarios. */
export interface LoadScript {
  /** Absolute where the file's folder is known. */
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  /** As written; the script's runner checks them. */
  readonly options: Readonly<Record<string, unknown>>;
}

type ScriptKeys = z.output<z.ZodObject<typeof scriptKeys>>;

export function loadScriptFrom(
  { script, env = {}, with: options = {} }: ScriptKeys,
  files: ExperimentFiles | undefined,
): LoadScript | undefined {
  return script === undefined ? undefined : { path: files?.resolve(script) ?? script, env, options };
}
