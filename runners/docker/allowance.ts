/** `firedrill.config.yaml`: which Compose projects may be touched though their containers carry no label. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { EXIT, FiredrillError } from '../failure.ts';

export const CONFIG_FILE = 'firedrill.config.yaml';
/** Far more than a list of projects needs; a bigger file is not one of ours. */
const CONFIG_CHARACTERS_MAX = 64 * 1024;

export const config = z.strictObject({
  allow: z
    .strictObject({ projects: z.array(z.string()).default([]).describe('Compose projects whose containers may be touched.') })
    .default({ projects: [] }),
});

export interface Allowance {
  readonly projects: readonly string[];
}

/** Reads the configuration of a folder; a folder without one allows nothing. Throws FiredrillError `config-wrong` (exit 4). */
export async function readAllowance(folder: string): Promise<Allowance> {
  const path = join(folder, CONFIG_FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return { projects: [] };
  if (text.length > CONFIG_CHARACTERS_MAX) throw wrong(path, `it has ${text.length} characters; the limit is ${CONFIG_CHARACTERS_MAX}`);
  const parsed = config.safeParse(parseYaml(path, text) ?? {});
  if (parsed.success) return parsed.data.allow;
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
