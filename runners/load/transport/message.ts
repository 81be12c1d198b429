/** A request in parts, so that each transport can frame it in its own way, and how HTTP/1.1 does. */
import type { Socket } from 'node:net';

/** Methods whose lack of a body is said with `Content-Length: 0` (RFC 9110, 8.6). */
const BODY_EXPECTED: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
/** Methods that Go's transport, hence k6, sends anew when a rested connection turns out dead. */
const REPLAYABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
/** Bodies of requests may be this long, in bytes (of text: in characters); a longer one is given up before anything is sent. */
export const BODY_SENT_MAX = 128 * 1024 * 1024;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FRAMING = /^(?:content-length|transfer-encoding)$/i;

export interface RequestMessage {
  readonly method: string;
  /** Path and query, as they go over the wire. */
  readonly target: string;
  /** What `Host`, or `:authority`, says. */
  readonly authority: string;
  /** Names and values in turn, as written: no Host, and none that frames the body. */
  readonly headers: readonly string[];
  readonly body: string | Uint8Array | undefined;
  /** All of it as HTTP/1.1, where that was made ready beforehand: it must say the same as the parts. */
  readonly http1?: string | Buffer | undefined;
}

/** Whether it may be sent twice: safe by its method. */
export function isReplayable(method: string): boolean {
  return REPLAYABLE.has(method);
}

/** Why a header cannot be sent, if it can't. Names are tokens and values hold no line break (RFC 9110, 5.1 and 5.5); framing is ours to say. */
export function headerProblem(name: string, value: string): { readonly message: string; readonly hint: string } | undefined {
  if (!TOKEN.test(name) || /[\r\n\0]/.test(value)) {
    return {
      message: `'${name}' is not a header that HTTP can carry`,
      hint: 'use letters, digits and - in its name, and no line break in its value',
    };
  }
  if (!FRAMING.test(name)) return undefined;
  return { message: `the header ${name} is set by firedrill from the body`, hint: `remove ${name} from headers` };
}

/** The line that says how long the body is, or none. */
export function lengthLine(method: string, body: string | Uint8Array | undefined): string {
  if (body === undefined) return BODY_EXPECTED.has(method) ? 'Content-Length: 0\r\n' : '';
  return `Content-Length: ${typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength}\r\n`;
}

/** The head in HTTP/1.1, its empty line included. */
export function headOf({ method, target, authority, headers, body }: RequestMessage): string {
  let head = `${method} ${target} HTTP/1.1\r\nHost: ${authority}\r\n`;
  for (let index = 0; index < headers.length; index += 2) head += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${head}${lengthLine(method, body)}\r\n`;
}

/** The message as a proxy wants it, which is asked for the whole URL (RFC 9112, 3.2.2). */
export function throughProxy(message: RequestMessage, origin: string, authorization: string): RequestMessage {
  const headers = authorization === '' ? message.headers : [...message.headers, 'Proxy-Authorization', authorization];
  return { ...message, target: `${origin}${message.target}`, headers, http1: undefined };
}

/** Writes a message as HTTP/1.1; `written` is called when the system has taken all of it. */
export function writeHttp1(socket: Socket, message: RequestMessage, written?: () => void): void {
  const { http1, body } = message;
  if (http1 !== undefined) socket.write(http1, written);
  else writeParts(socket, headOf(message), body, written);
}

/** Head and body leave together, and a body of bytes is not copied. */
export function writeParts(socket: Socket, head: string, body: string | Uint8Array | undefined, written?: () => void): void {
  if (typeof body !== 'object') {
    socket.write(head + (body ?? ''), written);
    return;
  }
  socket.cork();
  socket.write(head);
  socket.write(body, written);
  socket.uncork();
}
