/** Texts on their way into QuickJS, where a text ends at its first 0: one that holds a 0 crosses as its UTF-8 bytes. */
import { isUtf8 } from 'node:buffer';

/** Bytes as text; as UTF-8 bytes where a text could not cross. */
export function crossingText(bytes: Uint8Array): string | Uint8Array {
  if (!isUtf8(bytes)) return withoutZero(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  return bytes.includes(0) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

export function withoutZero(text: string): string | Uint8Array {
  return text.includes('\0') ? Buffer.from(text, 'utf8') : text;
}
