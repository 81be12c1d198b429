/** Where firedrill keeps what it can make again: digests that save time, logs of builds. By the XDG base directory rules. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './address.ts';

/** `$XDG_CACHE_HOME/firedrill`, else `~/.cache/firedrill`. */
export function cacheFolder(environment: Environment): string {
  return join(environment['XDG_CACHE_HOME'] || join(environment['HOME'] ?? homedir(), '.cache'), 'firedrill');
}
