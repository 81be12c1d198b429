/** What a request sends: text, JSON, the fields of a form, or a file. */
import { bodyFile } from './data-files.ts';
import type { WrittenRequest } from './request-template.ts';
import { type Encoding, FORM, fixedTemplate, formEncode, IN_JSON, joinTemplates, RAW, type Template } from './template.ts';
import type { Values } from './values.ts';

export interface PreparedBody {
  readonly fixed: boolean;
  /** Said unless the request says otherwise. */
  readonly contentType: string | undefined;
  render(values: Values): string | Uint8Array;
}

/** Undefined where the request has none. `filler` makes templates of texts. Throws FiredrillError `load.data` where a file cannot be read. */
export function prepareBody(
  request: Pick<WrittenRequest, 'body' | 'json' | 'form' | 'body-file'>,
  filler: (encoding: Encoding) => (text: string) => Template,
): PreparedBody | undefined {
  const { body, json, form, 'body-file': file } = request;
  if (file !== undefined) {
    const bytes = bodyFile(file);
    return { fixed: true, contentType: undefined, render: () => bytes };
  }
  if (json !== undefined) return { contentType: 'application/json', ...filler(IN_JSON)(JSON.stringify(json)) };
  if (form !== undefined) return { contentType: 'application/x-www-form-urlencoded', ...formBody(form, filler) };
  return body === undefined ? undefined : { contentType: undefined, ...filler(RAW)(body) };
}

function formBody(form: Readonly<Record<string, string>>, filler: (encoding: Encoding) => (text: string) => Template): Template {
  const fill = filler(FORM);
  const parts = Object.entries(form).flatMap(([key, value], index) => [
    fixedTemplate(`${index > 0 ? '&' : ''}${formEncode(key)}=`),
    fill(value),
  ]);
  return joinTemplates(parts);
}
