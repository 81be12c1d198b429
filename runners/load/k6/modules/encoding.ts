/** `k6/encoding`: base64 in its four variants. */
import { type Base64, base64Bytes, base64Text, toBuffer, toBytes, utf8Text } from './bytes.ts';

const VARIANTS: readonly string[] = ['std', 'rawstd', 'url', 'rawurl'] satisfies readonly Base64[];

function isVariant(text: string): text is Base64 {
  return VARIANTS.includes(text);
}

/** k6 takes an unknown variant for `std`. */
function variantOf(text: unknown): Base64 {
  return typeof text === 'string' && isVariant(text) ? text : 'std';
}

export function encodingModule() {
  return {
    b64encode: (input: unknown, encoding?: unknown): string => base64Text(toBytes(input), variantOf(encoding)),
    /** Text with the format `s`, else a buffer. Throws where the input is no base64. */
    b64decode: (input: unknown, encoding?: unknown, format?: unknown): string | ArrayBuffer => {
      const bytes = base64Bytes(String(input), variantOf(encoding));
      return format === 's' ? utf8Text(bytes) : toBuffer(bytes);
    },
  };
}
