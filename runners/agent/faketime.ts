/**
 * libfaketime as it is told by a file: which processes heed it, what their file says, and what it says with a skew. Our text
 * carries the one that was found, so that whoever comes upon it can put that back. Pure but for the reading of /proc.
 */
import { readFileSync } from 'node:fs';
import { processesOf } from './processes.ts';

/** How long libfaketime keeps what its file said, unless its environment says otherwise. */
const CACHE_S_DEFAULT = 10;
/** What the exec that tells the clock needs to be told the same as they are. */
const HANDED_ON = /^(LD_PRELOAD|FAKETIME\w*|DONT_FAKE_MONOTONIC|NO_FAKE_STAT)=/;

export interface Faked {
  /** How many of the container's processes heed libfaketime, of how many. */
  readonly heeding: number;
  readonly processes: number;
  readonly path: string;
  readonly cacheMs: number;
  readonly environment: readonly string[];
}

/** What the processes of a container say of libfaketime. Throws, with a sentence for people, where no skew would reach any of them. */
export function fakedIn(firstPid: number): Faked {
  const processes = processesOf(firstPid).map(({ pid }) => ({ maps: read(`/proc/${pid}/maps`), environ: read(`/proc/${pid}/environ`) }));
  const heeding = processes.filter(({ maps }) => maps.includes('libfaketime'));
  if (heeding.length === 0) {
    throw new Error(
      'none of its processes runs under libfaketime: preload it (LD_PRELOAD) and name its file (FAKETIME_TIMESTAMP_FILE); static programs and those in Go cannot be reached',
    );
  }
  const told = heeding.map(({ environ }) => toldBy(environ.split('\0')));
  const [first] = told;
  if (!first || told.some(({ path }) => path !== first.path)) throw new Error('its processes are told their clocks by different files');
  return { ...first, cacheMs: Math.max(...told.map(({ cacheMs }) => cacheMs)), heeding: heeding.length, processes: processes.length };
}

/** What one process's environment says. */
export function toldBy(environment: readonly string[]): Pick<Faked, 'path' | 'cacheMs' | 'environment'> {
  const setting = (name: string) => environment.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
  const fixed = setting('FAKETIME');
  if (fixed !== undefined) throw new Error(`its environment says FAKETIME=${fixed}, which outrules every file`);
  const path = setting('FAKETIME_TIMESTAMP_FILE');
  if (!path?.startsWith('/'))
    throw new Error('its environment names no file for libfaketime: set FAKETIME_TIMESTAMP_FILE to an absolute path');
  const cacheS = setting('FAKETIME_NO_CACHE') === '1' ? 0 : Number(setting('FAKETIME_CACHE_DURATION') ?? CACHE_S_DEFAULT);
  return {
    path,
    cacheMs: (Number.isFinite(cacheS) ? cacheS : CACHE_S_DEFAULT) * 1000,
    environment: environment.filter((each) => HANDED_ON.test(each)),
  };
}

/** The offset that a file says, in ms: nothing or a number of seconds. Undefined for what cannot be added to, such as a fixed time or a speed. */
export function offsetIn(text: string): number | undefined {
  const line = text.split('\n').find((each) => each.length > 0 && !/^[ #;]/.test(each));
  if (line === undefined) return 0;
  return /^[+-]\d+(\.\d+)?\s*$/.test(line) ? Number(line) * 1000 : undefined;
}

const FOUND = ' found ';

/** The file's text with a skew, and in a comment whose it is and what was found. */
export function skewed(tag: string, found: string, offsetMs: number): string {
  const totalMs = (offsetIn(found) ?? 0) + offsetMs;
  return `# ${tag}${FOUND}${Buffer.from(found, 'latin1').toString('base64')}\n${totalMs < 0 ? '-' : '+'}${Math.abs(totalMs) / 1000}\n`;
}

/** What was found, of a text that carries our tag; undefined where it does not. */
export function foundIn(tag: string, text: string): string | undefined {
  const [line = ''] = text.split('\n');
  const beginning = `# ${tag}${FOUND}`;
  return line.startsWith(beginning) ? Buffer.from(line.slice(beginning.length), 'base64').toString('latin1') : undefined;
}

/** Whether a text carries the tag of any skew. */
export function isSkewed(text: string): boolean {
  return /^# FIREDRILL-[0-9a-f]{8} found /.test(text);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
