/**
 * Prometheus' words for series: `http_requests_total{code=~"5..",method!="GET"}`, as selectors and as the labels of a sample. A
 * pattern has to match the whole value, as it does there. Pure.
 */

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export interface SeriesSelector {
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

/** A name and matchers, and where they end in the text. */
export interface Scanned extends SeriesSelector {
  readonly end: number;
}

const NAME = /\s*([A-Za-z_:][\w:]*)?\s*/y;
/** A quoted name by itself, or a label with its operator and value; then a comma or the end of the braces. */
const PART = /\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][\w.]*))\s*(?:(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)")?\s*(,|\})/y;
const CLOSING = /\s*\}/y;

function matchAt(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}

function operatorOf(text: string | undefined): Matcher['operator'] {
  return text === '!=' || text === '=~' || text === '!~' ? text : '=';
}

/** Reads a name and its braces from the text's beginning on; undefined where there are none. */
export function scanSeries(text: string): Scanned | undefined {
  const head = matchAt(NAME, text, 0);
  let name = head?.[1];
  let at = head?.[0].length ?? 0;
  const matchers: Matcher[] = [];
  for (let open = text[at] === '{'; open; ) {
    at += 1;
    const closing = matchAt(CLOSING, text, at);
    const part = closing ? undefined : matchAt(PART, text, at);
    if (!closing && !part) return undefined;
    if (part) {
      const [, quoted, label, operator, value] = part;
      if (value !== undefined)
        matchers.push({ label: label ?? unescaped(quoted ?? ''), operator: operatorOf(operator), value: unescaped(value) });
      else if (quoted !== undefined && name === undefined) name = unescaped(quoted);
      else return undefined;
    }
    const [taken = '', , , , , end] = part ?? closing ?? [];
    at += taken.length - (end === ',' ? 1 : 0);
    open = end === ',';
  }
  return name === undefined ? undefined : { name, matchers, end: at };
}

/** Parses a selector; undefined where the text is none, or one of its patterns is no regular expression. */
export function parseSeriesSelector(text: string): SeriesSelector | undefined {
  const scanned = scanSeries(text);
  if (!scanned || text.slice(scanned.end).trim() !== '') return undefined;
  try {
    for (const { value } of scanned.matchers.filter(({ operator }) => operator.endsWith('~'))) wholly(value);
  } catch {
    return undefined;
  }
  return scanned;
}

function wholly(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

/** Whether a series of these labels is meant; a label that is not there is empty. Compiled once for many series. */
export function matching({ matchers }: SeriesSelector): (labels: ReadonlyMap<string, string>) => boolean {
  const tests = matchers.map(({ label, operator, value }) => {
    const pattern = operator.endsWith('~') ? wholly(value) : undefined;
    const wanted = !operator.startsWith('!');
    return (labels: ReadonlyMap<string, string>): boolean => {
      const found = labels.get(label) ?? '';
      return (pattern ? pattern.test(found) : found === value) === wanted;
    };
  });
  return (labels) => tests.every((test) => test(labels));
}
