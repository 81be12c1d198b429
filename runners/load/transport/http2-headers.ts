/** A request's headers as HTTP/2 has them. */
import type { OutgoingHttpHeaders } from 'node:http2';
import type { RequestMessage } from './message.ts';

/** About one connection of HTTP/1.1, and refused by HTTP/2 (RFC 9113, 8.2.2). */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'transfer-encoding',
  'http2-settings',
]);
/** Those that HTTP knows once only; the last one given counts. */
const SINGLE: ReadonlySet<string> = new Set([
  'authorization',
  'content-type',
  'user-agent',
  'referer',
  'from',
  'if-modified-since',
  'max-forwards',
]);

export function requestHeaders(message: RequestMessage, scheme: string): OutgoingHttpHeaders {
  const { method, target, authority, headers, body } = message;
  const fields: Record<string, string | string[]> = { ':method': method, ':scheme': scheme, ':authority': authority, ':path': target };
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] ?? '').toLowerCase();
    const value = headers[index + 1] ?? '';
    if (OF_CONNECTION.has(name) || (name === 'te' && value !== 'trailers')) continue;
    const before = fields[name];
    fields[name] = before === undefined || SINGLE.has(name) ? value : [before, value].flat();
  }
  if (body !== undefined) fields['content-length'] = String(typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength);
  return fields;
}
