/** The body of a request: what a script gave, as it goes over the wire. */
import type { BodyEncoding, ScriptHost } from '../../host.ts';
import { hexText, isBinary, toBytes } from '../bytes.ts';
import { encodeForm, FORM_TYPE, type FormPairs, formPairs } from './form.ts';
import { encodeMultipart, FileData, type FormPart } from './multipart.ts';

export interface RequestBody {
  /** Undefined where there is none. */
  readonly content: string | Uint8Array | undefined;
  /** The Content-Type that goes with it, unless the script says its own. */
  readonly type?: string | undefined;
}

/** What a script gave, read: bytes and texts, or the fields of a form that are still to be written as one. */
export type SaidBody = RequestBody | { readonly form: FormPairs };

/** What reading a body needs. */
export type BodyHost = Pick<ScriptHost, 'encodeText' | 'randomBytes' | 'log'>;

const ENCODINGS: readonly string[] = ['gzip', 'deflate', 'br', 'zstd'] satisfies BodyEncoding[];
const BOUNDARY_BYTES = 16;

const NO_BODY: RequestBody = { content: undefined };

/** A text and bytes as they are, an object as a form, with files as multipart; undefined where there is none. Throws TypeError on what is neither. */
export function readBody(host: BodyHost, body: unknown): SaidBody | undefined {
  if (body === null || body === undefined) return undefined;
  if (typeof body === 'string') return { content: body };
  if (isBinary(body)) return { content: toBytes(body) };
  if (typeof body !== 'object') throw new TypeError(`a request's body is a text, an ArrayBuffer or an object, not a ${typeof body}`);
  if (Object.values(body).some((value) => value instanceof FileData)) return multipart(host, body);
  return { form: formPairs(body, (name) => warnNested(host, name)) };
}

/** As it goes over the wire. */
export function requestBody(said: SaidBody | undefined): RequestBody {
  if (said === undefined) return NO_BODY;
  return 'form' in said ? { content: encodeForm(said.form), type: FORM_TYPE } : said;
}

/** The encodings of `compression`, in the order in which they are applied; undefined where none is said. Throws TypeError on one that is not known. */
export function encodingsOf(compression: unknown): readonly BodyEncoding[] | undefined {
  if (compression === undefined || compression === null || compression === '') return undefined;
  return String(compression)
    .split(',')
    .map((each) => {
      const encoding = each.trim();
      if (!isEncoding(encoding))
        throw new TypeError(`compression '${encoding}' is not known; use ${ENCODINGS.join(', ')}, or several with a comma`);
      return encoding;
    });
}

/** The content, compressed once for each encoding. */
export function compressed(
  host: Pick<ScriptHost, 'encodeText' | 'compress'>,
  content: string | Uint8Array,
  encodings: readonly BodyEncoding[],
): Uint8Array {
  let bytes = typeof content === 'string' ? host.encodeText(content) : content;
  for (const encoding of encodings) bytes = host.compress(encoding, bytes);
  return bytes;
}

function multipart(host: BodyHost, fields: object): RequestBody {
  const parts = Object.entries(fields).flatMap(([name, value]): FormPart[] => {
    if (!(value instanceof FileData))
      return formPairs({ [name]: value }, () => warnNested(host, name)).map(([, text]) => ({ name, content: host.encodeText(text) }));
    const content = typeof value.data === 'string' ? host.encodeText(value.data) : toBytes(value.data);
    return [{ name, content, file: { filename: value.filename, type: value.content_type } }];
  });
  const boundary = `firedrill-${hexText(host.randomBytes(BOUNDARY_BYTES))}`;
  return { content: encodeMultipart(parts, boundary, (text) => host.encodeText(text)), type: `multipart/form-data; boundary=${boundary}` };
}

function warnNested(host: BodyHost, name: string): void {
  host.log('warn', `the field '${name}' of a form holds an object, which a form cannot carry, and is sent empty; JSON.stringify it`);
}

function isEncoding(text: string): text is BodyEncoding {
  return ENCODINGS.includes(text);
}
