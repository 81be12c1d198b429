/**
 * HTML as a tagged template that escapes whatever is put in. Only `Markup`, which nothing but the template makes of
 * literal source text, goes in as it is; so a title with a `<script>` in it stays a title.
 */

/** Text that is HTML already. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What may stand in a template: `undefined`, `null` and `false` are nothing, lists are joined. */
export type Content = Markup | string | number | false | null | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: no HTML document may hold them
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text made safe for element content and for quoted attributes alike. */
export function escapeHtml(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);
}

function sourceOf(content: Content): string {
  if (content instanceof Markup) return content.source;
  if (content === undefined || content === null || content === false) return '';
  if (typeof content === 'string') return escapeHtml(content);
  return typeof content === 'number' ? String(content) : content.map(sourceOf).join('');
}

/** html`<p title="${title}">${text}</p>`: attributes must be quoted. */
export function html(literals: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(literals.reduce((source, literal, index) => source + sourceOf(contents[index - 1]) + literal));
}
