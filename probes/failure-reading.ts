/**
 * Whose failure was it? A look that met a refusal, a reset or silence has worked: that is what the system did, so the
 * reading is `ok` with the value null, which no tolerance accepts. A look that never got as far as the system says
 * nothing about it and is `unknown`: a resolver that gives no answer, no route, no free port or descriptor here.
 * A name that the resolver says does not exist is an answer, as load counts it (outcome `dns`): null.
 */
import { z } from 'zod';
import type { Reading } from './probe.ts';

/** What the system did, by error code, in words for the reading's detail. */
const SYSTEM_DID: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timed out',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENOTFOUND: 'no such name',
};
/** Prefixes of codes for an answer that is not the protocol's, and for TLS that failed. */
const UNREADABLE = /^HPE_/;
const TLS_FAILED = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

const coded = z.object({ code: z.string() });

/** The error's code, or its first part's: connecting to several addresses fails with a list. */
export function errorCode(error: unknown): string | undefined {
  const parsed = coded.safeParse(error);
  if (parsed.success) return parsed.data.code;
  return error instanceof AggregateError && error.errors.length > 0 ? errorCode(error.errors[0]) : undefined;
}

/** One line for an error, also where its own message is empty. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message || errorCode(error) || error.name : String(error);
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** The system failed, seen by a look that worked. */
export function systemFailed(detail: string): Reading {
  return { status: 'ok', value: null, detail };
}

/** The look itself failed. */
export function lookFailed(error: unknown): Reading {
  return { status: 'unknown', error: errorText(error) };
}

/** The reading of a network error; `signal` is the look's own, whose end means that the system did not answer in time. */
export function readFailure(error: unknown, signal: AbortSignal): Reading {
  if (signal.aborted) return systemFailed('timed out');
  const code = errorCode(error) ?? '';
  const did = SYSTEM_DID[code];
  if (did) return systemFailed(did);
  if (UNREADABLE.test(code)) return systemFailed(`unreadable answer (${code})`);
  if (TLS_FAILED.test(code)) return systemFailed(`tls (${code})`);
  return lookFailed(error);
}

const notFound = z.object({ statusCode: z.literal(404) });

/** Whether the engine says that there is no such container. */
export function isGone(error: unknown): boolean {
  return notFound.safeParse(error).success;
}

/** The reading of an error of the engine, which is the tool that looks: unknown, unless it says that the container is gone. */
export function engineFailure(error: unknown): Reading {
  return isGone(error) ? systemFailed('removed') : lookFailed(error);
}

/** Settles as `work` does, or rejects when the signal aborts; what `work` does afterwards is nobody's concern. */
export function untilAborted<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new Error('the look was cut off at its limit'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
