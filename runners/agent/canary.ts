/**
 * The canary: one attempt to open a TCP connection from inside a target's network namespace to its own gateway, on a
 * port where nobody listens. On a network that works, an answer (a refusal) comes within a millisecond; in the dark, nothing
 * comes. A blackout that did nothing would be answered.
 */
import { inNetworkOf, runProgram } from './programs.ts';

/** tcpmux: nothing listens there, so that the attempt disturbs nobody. */
const CANARY_PORT = 1;
/** Silence for this long, where an answer took less than a millisecond in arming, is darkness. */
export const CANARY_SILENCE_MS = 250;

/** `answered`: connected, or refused. `failed`: told at once that it cannot be done, which is neither. */
export type Song = 'answered' | 'silent' | 'failed';

/** One attempt; takes CANARY_SILENCE_MS where it is silent. */
export async function tryCanary(pid: number, address: string, signal: AbortSignal): Promise<Song> {
  const attempt = `exec 3<>/dev/tcp/${address}/${CANARY_PORT}`;
  const seconds = String(CANARY_SILENCE_MS / 1000);
  const ran = await runProgram(inNetworkOf(pid, ['timeout', '--signal=KILL', seconds, 'bash', '-c', attempt]), signal);
  if (ran.code === 0 || ran.stderr.includes('refused')) return 'answered';
  return ran.code === 124 || ran.code === 137 || ran.code === null ? 'silent' : 'failed';
}
