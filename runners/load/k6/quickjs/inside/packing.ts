/** Requests and answers as they cross: JSON, and all bytes in one buffer behind each other. */
import type { HostAnswer, HostRequest } from '../../host.ts';
import { toBuffer } from '../../modules/bytes.ts';

export const NO_BYTES = new ArrayBuffer(0);

/** Requests as JSON. A body of bytes is its length there. */
export function requestsText(requests: readonly HostRequest[]): string {
  return JSON.stringify(requests.map(({ body, ...request }) => ({ ...request, body: typeof body === 'object' ? body.length : body })));
}

/** Undefined where no request has a body of bytes. */
export function bodiesOf(requests: readonly HostRequest[]): ArrayBuffer | undefined {
  const bodies = requests.flatMap(({ body }) => (typeof body === 'object' ? [body] : []));
  return bodies.length === 0 ? undefined : joined(bodies);
}

/** One buffer of all of these. */
export function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}

/** A request as it crosses: the length of a body of bytes stands for it. */
type CrossedRequest = Omit<HostRequest, 'body'> & { readonly body?: string | number };

/** What `requestsText` and `bodiesOf` were made of. */
export function requestsOf(text: string, bodies: Uint8Array): readonly HostRequest[] {
  let at = 0;
  const crossed: readonly CrossedRequest[] = JSON.parse(text);
  return crossed.map(({ body, ...request }) => {
    if (typeof body !== 'number') return { ...request, body };
    at += body;
    return { ...request, body: bodies.subarray(at - body, at) };
  });
}

/** The buffer of exactly these bytes. */
export function bufferWith(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length ? buffer : toBuffer(bytes);
}

/** What came as bytes; none where it is anything else. */
export function bufferOf(given: unknown): ArrayBuffer {
  return given instanceof ArrayBuffer ? given : NO_BYTES;
}

/** An answer as it crosses: its body is the length of its bytes, undefined where it was not kept; `number` names its timings. */
export type CrossedAnswer = Omit<HostAnswer, 'body'> & { readonly body?: number; readonly number: number };

/** What of these answers has bodies must be in `bodies`, in their order. */
export function answersOf(crossed: readonly CrossedAnswer[], bodies: ArrayBuffer): HostAnswer[] {
  let at = 0;
  return crossed.map(({ number: _, body: length, ...answer }) => {
    if (length === undefined) return { ...answer, body: undefined };
    at += length;
    return { ...answer, body: new Uint8Array(bodies, at - length, length) };
  });
}
