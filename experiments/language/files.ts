/** The files that an experiment names, by their paths as written. Whoever parses an experiment hands over how they are found and read. */

/** What a file holds, or why nobody can tell. */
export type FileContent =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly message: string; readonly hint: string };

export interface ExperimentFiles {
  /** The path from which it can be read, wherever the reader is. */
  resolve(path: string): string;
  /** All of it; a larger file than `bytesMax` is a problem. */
  read(path: string, bytesMax: number): FileContent;
}
