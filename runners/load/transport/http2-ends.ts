/** What it means that a stream of HTTP/2 ended without a whole answer. */
import http2 from 'node:http2';
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import type { Failure } from './engine.ts';
import type { Http2Exchange } from './http2-exchange.ts';
import { FAILURES, failureOf, outcomeOfError } from './outcomes.ts';

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = http2.constants;

/** How a connection came to its end, as far as it has. */
export interface SessionEnd {
  goaway: { readonly code: number; readonly lastStreamId: number } | undefined;
  error: unknown;
  gone: boolean;
}

export interface StreamEnd {
  readonly outcome: Outcome;
  readonly failure: Failure;
  /** It was never taken, or most likely never seen. */
  readonly mayRetry: boolean;
}

/** `over`: there is no connection any more; `doubtful`: it had rested, and nothing had come back since. */
export function endOfStream(exchange: Http2Exchange, end: SessionEnd, session: { over: boolean; doubtful: boolean }): StreamEnd {
  const { stream, status, again, job } = exchange;
  const code = stream.rstCode ?? NGHTTP2_NO_ERROR;
  if (status !== undefined) return { outcome: 'truncated', failure: FAILURES.truncated, mayRetry: false };
  const beyond = end.goaway !== undefined && (stream.id === undefined || stream.id > end.goaway.lastStreamId);
  const neverTaken = code === NGHTTP2_REFUSED_STREAM || beyond;
  const mayRetry = !again && (neverTaken || (session.over && session.doubtful && exchange.doubtful && job.replayable));
  const { outcome, failure } = reasonOf(exchange, end, session.over, code);
  return { outcome, failure, mayRetry };
}

function reasonOf({ error }: Http2Exchange, end: SessionEnd, sessionOver: boolean, code: number): { outcome: Outcome; failure: Failure } {
  if (end.goaway && end.goaway.code !== NGHTTP2_NO_ERROR) {
    const message = `the server ended the connection with GOAWAY, error ${end.goaway.code}`;
    return { outcome: 'reset', failure: ended('FIREDRILL_GOAWAY', message, 'goaway', end.goaway.code) };
  }
  const lost = end.error ?? error;
  const failure = failureOf(lost, 'exchanging');
  if (lost !== undefined && failure.code !== 'ERR_HTTP2_STREAM_ERROR') {
    const outcome = failure.code === 'ERR_HTTP2_ERROR' ? 'parse' : outcomeOfError(lost, false);
    return { outcome, failure: { ...failure, http2: { scope: 'connection', code } } };
  }
  if (sessionOver && (code === NGHTTP2_CANCEL || code === NGHTTP2_NO_ERROR)) return { outcome: 'closed', failure: FAILURES.closed };
  return { outcome: 'reset', failure: ended('FIREDRILL_STREAM_RESET', `the server ended the stream with error ${code}`, 'stream', code) };
}

function ended(code: string, message: string, scope: 'stream' | 'goaway', http2Code: number): Failure {
  return { code, message, during: 'exchanging', http2: { scope, code: http2Code } };
}
