/** Requests and answers as they cross: JSON, and all bytes in one buffer behind each other. */
import type { HostAnswer, HostRequest } from '../../host.ts';

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
