/** `open()`: files beside the script, read once for all virtual users. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toBuffer } from './modules/bytes.ts';

/** One file at most, and all of them: they stay in memory. */
export const FILE_BYTES_MAX = 512 * 1024 * 1024;

export class OpenFiles {
  readonly #folder: string;
  readonly #contents = new Map<string, Buffer>();
  readonly #texts = new Map<string, string>();
  #bytes = 0;

  /** Paths count from the folder of the script. */
  constructor(script: string) {
    this.#folder = dirname(script);
  }

  /** Text, or with the mode `b` a buffer. Throws Error where there is no such file, or it is too large. */
  open(path: unknown, mode: unknown): string | ArrayBuffer {
    if (typeof path !== 'string' || path === '') throw new Error('open() needs a path as its first argument');
    if (mode !== undefined && mode !== '' && mode !== 'b') throw new Error(`open() knows the mode 'b' only, not '${String(mode)}'`);
    const file = path.startsWith('file://') ? fileURLToPath(path) : resolve(this.#folder, path);
    const content = this.#read(file, path);
    if (mode === 'b') return toBuffer(content);
    const text = this.#texts.get(file) ?? content.toString('utf8');
    this.#texts.set(file, text);
    return text;
  }

  #read(file: string, shown: string): Buffer {
    const found = this.#contents.get(file);
    if (found) return found;
    const facts = statSync(file, { throwIfNoEntry: false });
    if (!facts?.isFile()) throw new Error(`open(): there is no file ${shown} (looked for ${file})`);
    if (this.#bytes + facts.size > FILE_BYTES_MAX)
      throw new Error(`open(): ${shown} has ${facts.size} bytes; all opened files together may have ${FILE_BYTES_MAX}`);
    const content = readFileSync(file);
    this.#bytes += content.length;
    this.#contents.set(file, content);
    return content;
  }
}
