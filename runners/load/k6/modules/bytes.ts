/** Bytes and texts as `k6/encoding`, `k6/crypto` and `k6/http` exchange them; in plain JavaScript, because these modules also run where there is no Node. */

/** What k6 takes for data. */
export type Data = string | ArrayBuffer | ArrayBufferView | readonly number[];

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = `${STANDARD.slice(0, 62)}-_`;
/** Stands for a byte sequence that is no UTF-8. */
const REPLACEMENT = 0xfffd;

/** The bytes of a text (as UTF-8), of a buffer, or of a list of numbers. Throws TypeError on anything else. */
export function toBytes(data: unknown): Uint8Array {
  if (typeof data === 'string') return utf8Bytes(data);
  if (isBinary(data))
    return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
  if (Array.isArray(data)) return Uint8Array.from(data);
  throw new TypeError(`expected text or an ArrayBuffer, got ${data === null ? 'null' : typeof data}`);
}

/** A buffer or a view of one; a buffer made in another realm is no instance of this one's class. */
export function isBinary(data: unknown): data is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(data) || Object.prototype.toString.call(data) === '[object ArrayBuffer]';
}

/** A buffer of exactly these bytes. */
export function toBuffer(bytes: Uint8Array): ArrayBuffer {
  const buffer = new ArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

export function utf8Bytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const safe = point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point;
    if (safe < 0x80) bytes.push(safe);
    else if (safe < 0x800) bytes.push(0xc0 | (safe >> 6), 0x80 | (safe & 63));
    else if (safe < 0x10000) bytes.push(0xe0 | (safe >> 12), 0x80 | ((safe >> 6) & 63), 0x80 | (safe & 63));
    else bytes.push(0xf0 | (safe >> 18), 0x80 | ((safe >> 12) & 63), 0x80 | ((safe >> 6) & 63), 0x80 | (safe & 63));
  }
  return Uint8Array.from(bytes);
}

/** Text of UTF-8 bytes; what is none becomes U+FFFD. */
export function utf8Text(bytes: Uint8Array): string {
  let text = '';
  let index = 0;
  while (index < bytes.length) {
    const [point, length] = pointAt(bytes, index);
    text += String.fromCodePoint(point);
    index += length;
  }
  return text;
}

function pointAt(bytes: Uint8Array, index: number): [point: number, length: number] {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return [first, 1];
  const more = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xc2 && first < 0xe0 ? 1 : 0;
  if (more === 0) return [REPLACEMENT, 1];
  let point = first & (0x3f >> more);
  for (let step = 1; step <= more; step += 1) {
    const next = bytes[index + step];
    if (next === undefined || (next & 0xc0) !== 0x80) return [REPLACEMENT, step];
    point = (point << 6) | (next & 63);
  }
  const least = [0, 0x80, 0x800, 0x10000][more] ?? 0;
  const fits = point >= least && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  return [fits ? point : REPLACEMENT, more + 1];
}

/** k6's four alphabets: `std` and `url`, each with padding or, `raw`, without. */
export type Base64 = 'std' | 'rawstd' | 'url' | 'rawurl';

export function base64Text(bytes: Uint8Array, variant: Base64): string {
  const alphabet = variant === 'std' || variant === 'rawstd' ? STANDARD : URL_SAFE;
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b, c] = bytes.subarray(index, index + 3);
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const count = b === undefined ? 2 : c === undefined ? 3 : 4;
    for (let digit = 0; digit < count; digit += 1) text += alphabet[(group >> (18 - digit * 6)) & 63];
    if (variant === 'std' || variant === 'url') text += '='.repeat(4 - count);
  }
  return text;
}

/** Throws Error where a character is not of the alphabet, or the padding is not what the variant asks for. */
export function base64Bytes(text: string, variant: Base64): Uint8Array {
  const alphabet = variant === 'std' || variant === 'rawstd' ? STANDARD : URL_SAFE;
  const given = text.replace(/[\r\n]/g, '');
  const digits = variant === 'std' || variant === 'url' ? given.replace(/={1,2}$/, '') : given;
  const padding = given.length - digits.length;
  const expected = variant === 'std' || variant === 'url' ? (4 - (digits.length % 4)) % 4 : 0;
  if (digits.length % 4 === 1 || padding !== expected)
    throw new Error(`illegal base64 data: ${given.length} characters do not fit '${variant}'`);
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const value = alphabet.indexOf(digits[index] ?? '');
    if (value < 0) throw new Error(`illegal base64 data at input byte ${index}`);
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at] = (bits >> held) & 255;
    at += 1;
  }
  return bytes;
}

export function hexText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

export function hexBytes(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) => Number.parseInt(text.slice(index * 2, index * 2 + 2), 16));
}
