/** Undoes the encodings of a body (`Content-Encoding`: gzip, deflate, br, zstd), on demand, within a bound. */
import zlib from 'node:zlib';
import type { Answer, Failure } from './engine.ts';
import { failureOf } from './outcomes.ts';

/** A body that would be larger than this when decoded is an error: a few kilobytes can hold gigabytes. */
export const DECODED_BYTES_MAX = 16 * 1024 * 1024;
/** The code of a body that was too large to be kept, or decoded, whole. */
export const BODY_TOO_LARGE = 'FIREDRILL_BODY_TOO_LARGE';
/** Encodings on top of each other; nobody means more. */
const LAYERS_MAX = 4;

export type Decoded = { readonly body: Buffer; readonly failure: undefined } | { readonly body: undefined; readonly failure: Failure };

type Decoder = (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

const DECODERS: Readonly<Record<string, Decoder>> = {
  identity: (body) => body,
  gzip: zlib.gunzipSync,
  'x-gzip': zlib.gunzipSync,
  /** Named after the format of zlib, but some send the bare stream. */
  deflate: (body, options) => (((body[0] ?? 0) & 0x0f) === 8 ? zlib.inflateSync(body, options) : zlib.inflateRawSync(body, options)),
  br: zlib.brotliDecompressSync,
  zstd: zlib.zstdDecompressSync,
};

/** The body of an answer in clear. Codes of failures: `FIREDRILL_BODY_TOO_LARGE`, `FIREDRILL_ENCODING_UNKNOWN`, zlib's own. */
export function decodeBody({ headers, body, bodyBytes }: Pick<Answer, 'headers' | 'body' | 'bodyBytes'>): Decoded {
  const encodings = encodingsOf(headers);
  if (!body || body.length === 0) return { body: body ?? Buffer.alloc(0), failure: undefined };
  if (encodings.length === 0) return { body, failure: undefined };
  if (body.length < bodyBytes) return failed(BODY_TOO_LARGE, `only ${body.length} of ${bodyBytes} encoded bytes were kept`);
  if (encodings.length > LAYERS_MAX) return failed('FIREDRILL_ENCODING_UNKNOWN', `the body is encoded ${encodings.length} times`);
  let decoded = body;
  for (const encoding of encodings.toReversed()) {
    const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
    if (!decoder) return failed('FIREDRILL_ENCODING_UNKNOWN', `the body is encoded as '${encoding}', which is not known`);
    try {
      decoded = decoder(decoded, { maxOutputLength: DECODED_BYTES_MAX });
    } catch (error) {
      return { body: undefined, failure: reasonOf(error) };
    }
  }
  return { body: decoded, failure: undefined };
}

function encodingsOf(headers: readonly string[]): string[] {
  const values = headers.filter((_value, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === 'content-encoding');
  return values
    .flatMap((value) => value.split(',').map((each) => each.trim().toLowerCase()))
    .filter((each) => each !== '' && each !== 'identity');
}

function reasonOf(error: unknown): Failure {
  const failure = failureOf(error, 'exchanging');
  if (failure.code !== 'ERR_BUFFER_TOO_LARGE') return failure;
  return { ...failure, code: BODY_TOO_LARGE, message: `the body is larger than ${DECODED_BYTES_MAX} bytes when decoded` };
}

function failed(code: string, message: string): Decoded {
  return { body: undefined, failure: { code, message, during: 'exchanging' } };
}
