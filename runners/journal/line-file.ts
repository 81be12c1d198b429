/**
 * An append-only file of lines. Lines wait in memory while a write is under way and then go out together, in order; a
 * synced line is on disk before its promise resolves.
 *
 * ```
 *  write ──┐
 *          ├─▶ waiting ─▶ one batch ─▶ write ─▶ fdatasync (if any is synced) ─▶ resolve
 *  synced ─┘                 │ fails: cut the file back to whole lines, reject the synced,
 *                            └ keep the others for the next try
 * ```
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { FiredrillError } from '../failure.ts';
import { diskError } from './disk-error.ts';

/** What may wait in memory while the disk is full; lines beyond it are lost, and `close` fails. */
export const WAITING_BYTES_MAX = 16 * 1_048_576;

interface Line {
  readonly bytes: Buffer;
  readonly synced: { readonly resolve: () => void; readonly reject: (error: FiredrillError) => void } | undefined;
}

export class LineFile {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #onFailure: (error: FiredrillError) => void;
  #waiting: Line[] = [];
  #waitingBytes = 0;
  #lost = 0;
  /** Bytes that are whole lines; the file is cut back to it when a write fails half-way. */
  #goodBytes: number;
  #pumping: Promise<void> | undefined;
  #failure: FiredrillError | undefined;

  private constructor(path: string, file: FileHandle, goodBytes: number, onFailure: (error: FiredrillError) => void) {
    this.path = path;
    this.#file = file;
    this.#goodBytes = goodBytes;
    this.#onFailure = onFailure;
  }

  /** Opens for appending, made if missing. `keepBytes` cuts an existing file back first; `onFailure` hears of every failed write, and must not write. */
  static async open(path: string, options: { keepBytes?: number; onFailure: (error: FiredrillError) => void }): Promise<LineFile> {
    const file = await open(path, 'a');
    try {
      if (options.keepBytes !== undefined) await file.truncate(options.keepBytes);
      return new LineFile(path, file, (await file.stat()).size, options.onFailure);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Whole lines that the file holds, in bytes. */
  get sizeBytes(): number {
    return this.#goodBytes;
  }

  /** Lines that are not in the file yet, in bytes. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Puts a line in the queue; it is written soon, in order. */
  write(text: string): void {
    this.#push({ bytes: Buffer.from(`${text}\n`), synced: undefined });
  }

  /** Resolves once the line, and all before it, are on disk. Rejects with `disk-full` or `journal-unwritable`; the line is then not written later either. */
  writeSynced(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#push({ bytes: Buffer.from(`${text}\n`), synced: { resolve, reject } });
    });
  }

  /** Writes what waits, syncs and closes. Rejects where lines could not be written. */
  async close(): Promise<void> {
    await this.#pumping;
    await this.#drain();
    try {
      if (this.#failure && this.#waiting.length + this.#lost > 0) throw this.#failure;
      await this.#file.datasync();
    } catch (cause) {
      throw diskError(this.path, cause);
    } finally {
      await this.#file.close();
    }
  }

  #push(line: Line): void {
    if (line.synced === undefined && this.#waitingBytes + line.bytes.length > WAITING_BYTES_MAX) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.bytes.length;
    this.#pumping ??= this.#drain();
  }

  /** Writes batch after batch until nothing waits or a write fails; never rejects. */
  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#writeBatch(batch);
      } catch (cause) {
        this.#pumping = undefined;
        this.#keepForLater([...batch, ...this.#waiting], diskError(this.path, cause));
        return;
      }
      this.#waitingBytes -= sizeOf(batch);
      for (const line of batch) line.synced?.resolve();
    }
    this.#pumping = undefined;
  }

  async #writeBatch(batch: readonly Line[]): Promise<void> {
    if (this.#failure) await this.#cutBack();
    const bytes = Buffer.concat(batch.map((line) => line.bytes));
    try {
      for (let offset = 0; offset < bytes.length; ) offset += (await this.#file.write(bytes, offset)).bytesWritten;
      if (batch.some((line) => line.synced)) await this.#file.datasync();
    } catch (cause) {
      await this.#cutBack().catch(() => {});
      throw cause;
    }
    this.#failure = undefined;
    this.#goodBytes += bytes.length;
  }

  /** Takes a half-written line away again; while that is impossible nothing may be appended after it. */
  async #cutBack(): Promise<void> {
    try {
      await this.#file.truncate(this.#goodBytes);
    } catch (cause) {
      throw this.#failure ?? cause;
    }
  }

  #keepForLater(lines: readonly Line[], error: FiredrillError): void {
    this.#waiting = lines.filter((line) => line.synced === undefined);
    this.#waitingBytes = sizeOf(this.#waiting);
    this.#failure = error;
    for (const line of lines) line.synced?.reject(error);
    this.#onFailure(error);
  }
}

function sizeOf(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.bytes.length, 0);
}
