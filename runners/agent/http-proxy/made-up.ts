/** Responses that the proxy makes up itself, and the one header that it changes in those of others. Pure. */
import { STATUS_CODES } from 'node:http';

export interface MadeUp {
  readonly status: number;
  readonly body: string;
}

/** A whole response. `close`: the connection ends after it. */
export function renderResponse({ status, body }: MadeUp, method: string, close: boolean): Buffer {
  const bodiless = method === 'HEAD' || status === 204 || status === 304;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Fault'}`,
    ...(status === 204 ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
    ...(body === '' ? [] : ['content-type: text/plain; charset=utf-8']),
    ...(close ? ['connection: close'] : []),
    '',
    bodiless ? '' : body,
  ];
  return Buffer.from(lines.join('\r\n'));
}

/** The same head, telling the client that its connection ends after this response. */
export function closingHead(head: Buffer): Buffer {
  const text = head.toString('latin1').replaceAll(/\n(?:connection|keep-alive):[^\n]*(?=\n)/gi, '');
  return Buffer.from(text.replace(/\n/, '\nconnection: close\r\n'), 'latin1');
}
