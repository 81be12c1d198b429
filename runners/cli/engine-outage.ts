/**
 * An engine that is away: it is being restarted, or the line to it is cut. What became of a lost agent can only be said once it answers
 * again, which is mostly a matter of seconds.
 */
import type { Clock } from '../runbook/clock.ts';

/** How long it may be away before what it had to say is given up. */
export const AWAY_MS_MAX = 60_000;
const ASK_EVERY_MS = 500;
const ANSWER_WITHIN_MS = 5_000;

const LOST_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

export interface OutageOptions {
  readonly docker: { ping(options: { readonly abortSignal: AbortSignal }): Promise<unknown> };
  readonly clock: Clock;
  /** Told once, as soon as it is known to be away. */
  readonly onAway: () => void;
}

/** Does it, and from its beginning again when the connection broke meanwhile: it has to bear that. Rejects as it did last where the engine stays away. */
export async function outlastOutage<Result>(act: () => Promise<Result>, { docker, clock, onAway }: OutageOptions): Promise<Result> {
  let limitMs: number | undefined;
  const away = async (error: unknown) => {
    if (limitMs === undefined) onAway();
    limitMs ??= clock.nowMs() + AWAY_MS_MAX;
    if (clock.nowMs() >= limitMs) throw error;
    await clock.until(clock.nowMs() + ASK_EVERY_MS);
  };
  for (;;) {
    const silence = await docker.ping({ abortSignal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).then(() => undefined, asError);
    if (silence !== undefined) {
      await away(silence);
      continue;
    }
    try {
      return await act();
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      await away(error);
    }
  }
}

/** As the Docker client throws it where the engine cannot be reached, or its connection broke in the middle of a call; also as the cause of an error of ours. */
export function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  // A socket's file is not there while its daemon starts.
  const absent = code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect';
  return LOST_CONNECTION.has(code) || absent || isLostConnection(error.cause);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
