/**
 * `firedrill.config.yaml` in the folder that firedrill is run from: what may be touched on this machine, what never, how far any
 * experiment may go, and the file that stops every run. An experiment cannot loosen it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { duration } from '../../experiments/language/duration.ts';
import { share } from '../../experiments/language/experiment.ts';
import { EXIT, FiredrillError } from '../failure.ts';

export const CONFIG_FILE = 'firedrill.config.yaml';
/** Far more than a list of projects needs; a bigger file is not one of ours. */
const CONFIG_CHARACTERS_MAX = 64 * 1024;

export const config = z.strictObject({
  allow: z
    .strictObject({ projects: z.array(z.string()).default([]).describe('Compose projects whose containers may be touched.') })
    .prefault({}),
  protect: z
    .strictObject({
      names: z.array(z.string().min(1)).default([]).describe('Containers that are never touched; `*` stands for any characters.'),
      projects: z.array(z.string()).default([]).describe('Compose projects whose containers are never touched.'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      'max-targets': z.int().min(1).optional().describe('Containers touched at most.'),
      'max-share': share.optional().describe("Share of the system's containers touched at most."),
      'max-duration': duration.optional().describe('Planned length of a run at most.'),
    })
    .prefault({}),
  'stop-file': z
    .string()
    .min(1)
    .default('.firedrill/STOP')
    .describe('While this file is there, no run begins, and one that is on is undone.'),
});

export type Config = z.output<typeof config>;

/** Reads the configuration of a folder; a folder without one allows nothing. Throws FiredrillError `config-wrong` (exit 4). */
export async function readConfig(folder: string): Promise<Config> {
  const path = join(folder, CONFIG_FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (text.length > CONFIG_CHARACTERS_MAX) throw wrong(path, `it has ${text.length} characters; the limit is ${CONFIG_CHARACTERS_MAX}`);
  const parsed = config.safeParse(parseYaml(path, text) ?? {});
  if (parsed.success) return parsed.data;
  throw wrong(path, parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`).join('; '));
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 10 });
  } catch (error) {
    throw wrong(path, error instanceof Error ? error.message : String(error));
  }
}

function wrong(path: string, why: string): FiredrillError {
  return new FiredrillError('config-wrong', `${path} is wrong: ${why}.`, {
    hint: 'Write it like:  allow: {projects: [my-project]}',
    exitCode: EXIT.usageWrong,
  });
}
