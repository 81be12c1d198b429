/** The parser of HTML unpacks its tables with `atob`, which QuickJS does not have. Imported ahead of it. */
import { base64Bytes } from '../../modules/bytes.ts';

/** Bytes as characters, in parts that a call can take. */
const PART = 4096;

Object.assign(globalThis, {
  atob: (text: string): string => {
    const bytes = base64Bytes(text, text.endsWith('=') || text.length % 4 === 0 ? 'std' : 'rawstd');
    let characters = '';
    for (let at = 0; at < bytes.length; at += PART) characters += String.fromCharCode(...bytes.subarray(at, at + PART));
    return characters;
  },
});
