/** Files in a form: `http.file`, and the body that carries them (RFC 7578; names escaped as browsers do). */

export class FileData {
  readonly data: string | ArrayBuffer | ArrayBufferView;
  readonly filename: string;
  readonly content_type: string;

  constructor(data: string | ArrayBuffer | ArrayBufferView, filename: string, contentType: string) {
    this.data = data;
    this.filename = filename;
    this.content_type = contentType;
  }
}

export const FILE_TYPE = 'application/octet-stream';

/** A field as it goes into the body. */
export interface FormPart {
  readonly name: string;
  readonly content: Uint8Array;
  /** Where it is a file. */
  readonly file?: { readonly filename: string; readonly type: string } | undefined;
}

/** `encode` makes UTF-8 of a text. */
export function encodeMultipart(parts: readonly FormPart[], boundary: string, encode: (text: string) => Uint8Array): Uint8Array {
  const pieces = parts.flatMap(({ name, content, file }) => {
    const filename = file ? `; filename="${escaped(file.filename)}"` : '';
    const type = file ? `Content-Type: ${file.type.replace(/[\r\n]/g, ' ')}\r\n` : '';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"${filename}\r\n${type}\r\n`;
    return [encode(head), content, encode('\r\n')];
  });
  return joined([...pieces, encode(`--${boundary}--\r\n`)]);
}

function escaped(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
