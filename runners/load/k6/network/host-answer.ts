/** What the transport says of a request, as scripts are told it. */
import { decodeBody } from '../../transport/decode.ts';
import type { Answer, ConnectionFacts, Failure, Timings } from '../../transport/engine.ts';
import type { HostAnswer, HostTimings } from '../host.ts';
import { NO_ANSWER } from '../modules/http/no-answer.ts';
import { errorOf } from './error-codes.ts';

const DECOMPRESSION = 1701;
const EMPTY = Buffer.alloc(0);

/** With the body in clear, where it was kept. One that cannot be, or was too long to keep, is an error beside the status. */
export function answered(answer: Answer, keepBody: boolean): HostAnswer {
  const { status, statusText, protocol, headers, connection, timings, bytesSent, bytesReceived } = answer;
  const decoded = keepBody ? decodeBody(answer) : undefined;
  const cut = keepBody && answer.body !== undefined && answer.body.length < answer.bodyBytes;
  const problem = decoded?.failure?.message ?? (cut ? `only ${answer.body?.length} of the body's ${answer.bodyBytes} bytes were kept` : '');
  return {
    status,
    statusText: `${status} ${statusText}`.trim(),
    protocol,
    headers: pairsOf(headers),
    body: keepBody ? (decoded?.body ?? EMPTY) : undefined,
    error: problem,
    errorCode: decoded?.failure ? DECOMPRESSION : problem === '' ? 0 : 1000,
    remoteIp: connection.remoteIp,
    remotePort: connection.remotePort,
    tlsVersion: tlsVersionOf(connection),
    tlsCipherSuite: connection.tlsCipher,
    timings: timingsOf(timings),
    sentBytes: bytesSent,
    receivedBytes: bytesReceived,
  };
}

/** As k6 says it: `tls1.3`; empty without TLS. */
export function tlsVersionOf({ tlsVersion }: Pick<ConnectionFacts, 'tlsVersion'>): string {
  return tlsVersion.replace(/^TLSv/, 'tls').replace(/^tls1$/, 'tls1.0');
}

/** Nothing answered. `sentMs` NaN: it was never sent. */
export function unanswered(failure: Failure, askedMs: number, sentMs: number, atMs: number): HostAnswer {
  const sent = !Number.isNaN(sentMs);
  const nothing = { lookingUp: 0, connecting: 0, tls: 0, sending: 0, receiving: 0 };
  const timings = timingsOf({ ...nothing, blocked: (sent ? sentMs : atMs) - askedMs, waiting: sent ? atMs - sentMs : 0 });
  return { ...NO_ANSWER, ...errorOf(failure), timings };
}

function timingsOf({ blocked, lookingUp, connecting, tls, sending, waiting, receiving }: Timings): HostTimings {
  const duration = sending + waiting + receiving;
  return { blocked, looking_up: lookingUp, connecting, tls_handshaking: tls, sending, waiting, receiving, duration };
}

function pairsOf(headers: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) pairs.push([headers[index] ?? '', headers[index + 1] ?? '']);
  return pairs;
}
