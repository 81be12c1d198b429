/**
 * An experiment of a recorded session (HAR 1.2): its requests as the steps of one scenario, with the pauses between them.
 * Cookies are left out, since each virtual user has its own; what looks like a secret becomes a variable, and that is said.
 */
import { stringify } from 'yaml';
import { z } from 'zod';
import { formatMs } from '../../../experiments/language/duration.ts';
import { STEPS_MAX } from '../../../experiments/language/load-request.ts';
import { urlProblem } from '../../../experiments/language/load-url.ts';
import { EXIT, FiredrillError } from '../../failure.ts';

const pair = z.looseObject({ name: z.string(), value: z.string() });
/** Of a form that is recorded field by field; a file that was uploaded has a name and no value. */
const field = z.looseObject({ name: z.string(), value: z.string().optional() });
const entry = z.looseObject({
  startedDateTime: z.string().refine((text) => !Number.isNaN(Date.parse(text)), { error: 'is no time' }),
  time: z.number().catch(0),
  request: z.looseObject({
    method: z.string(),
    url: z.string(),
    headers: z.array(pair).default([]),
    postData: z
      .looseObject({ mimeType: z.string().default(''), text: z.string().default(''), params: z.array(field).default([]) })
      .optional(),
  }),
  response: z.looseObject({ content: z.looseObject({ mimeType: z.string().default('') }).optional() }).optional(),
});
const har = z.looseObject({ log: z.looseObject({ entries: z.array(entry) }) });
type HarEntry = z.output<typeof entry>;

export interface HarOptions {
  /** Only requests to these hosts; empty: all. */
  readonly hosts: readonly string[];
  /** Leave out pictures, fonts, styles, scripts and media. */
  readonly dropStatic: boolean;
}

export interface HarExperiment {
  readonly yaml: string;
  /** What a person should know of it, a sentence each. */
  readonly notes: readonly string[];
}

/** Shorter gaps are the browser's, not the person's. */
const THINK_MS_MIN = 500;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Headers that are the connection's, the jar's, or the browser's own. */
const LEFT_OUT =
  /^(:.*|cookie|host|content-length|transfer-encoding|connection|accept-encoding|sec-.*|upgrade-insecure-requests|dnt|priority)$/i;
const FORM = 'application/x-www-form-urlencoded';
const SECRET = /authorization|token|secret|password|api[-_]?key|signature|session/i;
const STATIC_TYPE = /^(image|font|video|audio)\/|css|javascript/i;
const STATIC_PATH = /\.(png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|css|m?js|map|mp4|webm|mp3)$/i;

/** Throws FiredrillError (experiment wrong) where the text is no HAR, or nothing of it is left. */
export function experimentOfHar(text: string, { hosts, dropStatic }: HarOptions): HarExperiment {
  const recorded = entriesOf(text).toSorted((one, other) => startOf(one) - startOf(other));
  const kept = recorded.filter((each) => {
    if (!METHODS.has(each.request.method.toUpperCase()) || !URL.canParse(each.request.url)) return false;
    const { hostname, pathname } = new URL(each.request.url);
    if (hosts.length > 0 && !hosts.includes(hostname)) return false;
    return !(dropStatic && (STATIC_TYPE.test(each.response?.content?.mimeType ?? '') || STATIC_PATH.test(pathname)));
  });
  const [first] = kept;
  if (!first) throw wrong('no request of the session is left', 'see the hosts in it, and leave out --host or --drop-static');
  const secrets = new Set<string>();
  const steps: unknown[] = [];
  let endMs = startOf(first);
  for (const each of kept) {
    const gapMs = startOf(each) - endMs;
    if (gapMs >= THINK_MS_MIN) steps.push({ think: formatMs(Math.round(gapMs / 100) * 100) });
    steps.push(stepOf(each, secrets));
    endMs = Math.max(endMs, startOf(each) + each.time);
  }
  if (steps.length > STEPS_MAX) {
    const message = `the session has ${steps.length} steps, requests and pauses; an iteration has ${STEPS_MAX} at most`;
    throw wrong(message, 'keep fewer: --host HOST, --drop-static, or a shorter session');
  }
  const host = new URL(first.request.url).host;
  const experiment = { title: `Recorded: ${host}`, load: { scenarios: { recorded: { vus: 1, duration: '1m', steps } } } };
  return { yaml: stringify(experiment, { lineWidth: 0 }), notes: notesOf(recorded, kept, secrets) };
}

function wrong(message: string, hint: string): FiredrillError {
  return new FiredrillError('har', message, { hint, exitCode: EXIT.experimentWrong });
}

function entriesOf(text: string): readonly HarEntry[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw wrong(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`, 'save the session as HAR in the browser');
  }
  const parsed = har.safeParse(data);
  if (parsed.success) return parsed.data.log.entries;
  const [issue] = parsed.error.issues;
  throw wrong(`it is no HAR: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, 'save the session as HAR in the browser');
}

function startOf({ startedDateTime }: HarEntry): number {
  return Date.parse(startedDateTime);
}

/** What was recorded is text: a `${` in it stands for nothing. */
function literal(text: string): string {
  return text.replaceAll(/\$\{/g, () => '$${');
}

function variable(name: string, secrets: Set<string>): string {
  const called = name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(\d)/, '_$1');
  secrets.add(called);
  return `\${secret:${called}}`;
}

/** Names and values as a query, or a form, has them. */
function fieldsOf(pairs: readonly (readonly [string, string])[], secrets: Set<string>): string {
  const encoded = pairs.map(([name, value]) => {
    const shown = SECRET.test(name) ? variable(name, secrets) : literal(encodeURIComponent(value));
    return `${literal(encodeURIComponent(name))}=${shown}`;
  });
  return encoded.join('&');
}

/** What was sent, as far as it was recorded; of a form perhaps its fields alone. */
function bodyOf({ postData }: HarEntry['request'], secrets: Set<string>): string {
  if (!postData) return '';
  const { mimeType, text, params } = postData;
  if (text !== '' || !mimeType.startsWith(FORM)) return literal(text);
  return fieldsOf(
    params.map(({ name, value = '' }) => [name, value]),
    secrets,
  );
}

function urlOf(text: string, secrets: Set<string>): string {
  const url = new URL(text);
  const query = fieldsOf([...url.searchParams], secrets);
  const plain = `${url.origin}${literal(url.pathname)}${query === '' ? '' : `?${query}`}`;
  if (urlProblem(url.origin)) throw wrong(`'${url.origin}' is not a URL that load can be sent to`, 'leave it out with --host');
  return plain;
}

function stepOf({ request }: HarEntry, secrets: Set<string>): Readonly<Record<string, unknown>> {
  const method = request.method.toUpperCase();
  const headers = Object.fromEntries(
    request.headers
      .filter(({ name }) => !LEFT_OUT.test(name))
      .map(({ name, value }) => [name, SECRET.test(name) ? variable(name, secrets) : literal(value)]),
  );
  const body = bodyOf(request, secrets);
  return {
    url: urlOf(request.url, secrets),
    ...(method === 'GET' ? {} : { method }),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(body === '' ? {} : { body }),
  };
}

function notesOf(recorded: readonly HarEntry[], kept: readonly HarEntry[], secrets: ReadonlySet<string>): readonly string[] {
  const withCookies = kept.filter(({ request }) => request.headers.some(({ name }) => name.toLowerCase() === 'cookie')).length;
  const withBody = kept.filter(({ request }) => (request.postData?.text ?? '') !== '').length;
  const lost = kept.filter(
    ({ request: { postData } }) => postData?.text === '' && postData.params.length > 0 && !postData.mimeType.startsWith(FORM),
  );
  return [
    `${kept.length} of ${recorded.length} requests were kept.`,
    ...(withCookies > 0 ? [`Cookies of ${withCookies} requests were left out: each virtual user keeps those that it is given.`] : []),
    ...(secrets.size > 0 ? [`These are variables of the environment now: ${[...secrets].sort().join(', ')}.`] : []),
    ...(withBody > 0 ? [`${withBody} bodies are as they were recorded: look for passwords in them.`] : []),
    ...(lost.length > 0 ? [`What ${lost.length} requests uploaded was not recorded: add a body or a body-file.`] : []),
  ];
}
