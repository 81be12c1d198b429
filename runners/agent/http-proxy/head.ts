/**
 * Heads of HTTP/1.x messages: what they say, and how the body after them is framed (RFC 9112, section 6). Pure. What
 * is not surely HTTP/1.x is undefined, so that the proxy leaves it alone.
 */

export interface RequestHead {
  readonly method: string;
  /** The path without its query, of either form of target. */
  readonly path: string;
  readonly headers: Headers;
}

export interface ResponseHead {
  readonly status: number;
  readonly headers: Headers;
}

/** By name in lower case; values of a name that comes more than once are joined by a comma. */
export type Headers = ReadonlyMap<string, string>;

/** How long a body is: so many bytes, as its chunks tell, or until the connection ends. */
export type Framing = { readonly kind: 'length'; readonly bytes: number } | { readonly kind: 'chunked' } | { readonly kind: 'until-end' };

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/1\.[01]$/;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/;
/** What a request line may begin with: a part of a method, or a method and a blank. */
const BEGINNING = /^[!#$%&'*+.^_`|~\w-]{1,32}(?: |$)/;
const NO_BODY: Framing = { kind: 'length', bytes: 0 };

/** False as soon as the bytes, which may be the first few alone, cannot be a request of HTTP/1.x. */
export function mayBeRequest(bytes: Buffer): boolean {
  const end = bytes.indexOf('\n');
  const line = bytes.toString('latin1', 0, end < 0 ? bytes.length : end).replace(/\r$/, '');
  // Empty lines before a request are allowed (section 2.2); the preface of HTTP/2 looks like a request of its own.
  if (line === '') return true;
  return end < 0 ? BEGINNING.test(line) : REQUEST_LINE.test(line);
}

/** Where the head that begins the bytes ends, its empty line included; -1 where it is not whole. */
export function headEnd(bytes: Buffer): number {
  const strict = bytes.indexOf('\r\n\r\n');
  const loose = bytes.indexOf('\n\n');
  if (loose >= 0 && (strict < 0 || loose < strict)) return loose + 2;
  return strict < 0 ? -1 : strict + 4;
}

export function parseRequest(head: Buffer): RequestHead | undefined {
  const [line = '', ...fields] = linesOf(head);
  const match = REQUEST_LINE.exec(line);
  const headers = parseFields(fields);
  if (!match?.[1] || !match[2] || !headers) return undefined;
  return { method: match[1], path: pathOf(match[2]), headers };
}

export function parseResponse(head: Buffer): ResponseHead | undefined {
  const [line = '', ...fields] = linesOf(head);
  const match = STATUS_LINE.exec(line);
  const headers = parseFields(fields);
  return match?.[1] && headers ? { status: Number(match[1]), headers } : undefined;
}

/** Undefined where it cannot be told for sure, and the request must not be meddled with. */
export function requestFraming({ headers }: RequestHead): Framing | undefined {
  const said = framingSaid(headers);
  return said === 'none' ? NO_BODY : said;
}

/** The body of a response depends on what was asked by which method. */
export function responseFraming({ status, headers }: ResponseHead, method: string): Framing {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return NO_BODY;
  const said = framingSaid(headers);
  return said === 'none' || said === undefined ? { kind: 'until-end' } : said;
}

/** True where the bytes after the message may be another protocol's, once the other side agrees. */
export function asksToSwitch({ method, headers }: RequestHead): boolean {
  return method === 'CONNECT' || headers.has('upgrade');
}

function framingSaid(headers: Headers): Framing | 'none' | undefined {
  const encoding = headers.get('transfer-encoding');
  if (encoding !== undefined) return /(?:^|,)\s*chunked$/i.test(encoding) ? { kind: 'chunked' } : undefined;
  const length = headers.get('content-length');
  if (length === undefined) return 'none';
  return /^\d{1,15}$/.test(length) ? { kind: 'length', bytes: Number(length) } : undefined;
}

function linesOf(head: Buffer): readonly string[] {
  return head
    .toString('latin1')
    .replace(/^(?:\r?\n)+/, '')
    .trimEnd()
    .split(/\r?\n/);
}

function parseFields(lines: readonly string[]): Headers | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const match = FIELD.exec(line);
    if (!match?.[1]) return undefined;
    const name = match[1].toLowerCase();
    const before = headers.get(name);
    headers.set(name, before === undefined ? (match[2] ?? '') : `${before}, ${match[2] ?? ''}`);
  }
  return headers;
}

function pathOf(target: string): string {
  return (target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '') || '/').replace(/[?#].*$/s, '');
}
