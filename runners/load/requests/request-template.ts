/**
 * A request, made ready before the first one is sent: what never changes is text already, and where `${name}` stands a
 * value is put in. Without any `${name}` it is one buffer for the whole run.
 */
import type { ChainStep, Request } from '../../../experiments/language/experiment.ts';
import { urlProblem } from '../../../experiments/language/load-url.ts';
import { EXIT, FiredrillError } from '../../failure.ts';
import type { Job, Origin } from '../transport/engine.ts';
import { headerProblem, headOf, type RequestMessage } from '../transport/message.ts';
import { parseUrl } from '../transport/origin.ts';
import { type PreparedBody, prepareBody } from './body-template.ts';
import { type AnswerCheck, prepareChecks } from './checks.ts';
import { type Extraction, prepareExtracts } from './extracts.ts';
import { compileTemplate, type Encoding, ONE_LINE, RAW, type Template, URL_PART } from './template.ts';
import type { Slots, Values } from './values.ts';

/** A request as written, on its own or as a step. */
export type WrittenRequest = Omit<Request, 'weight'> | Exclude<ChainStep, { think: unknown }>;

/** What a scenario says for all of its requests. */
export interface RequestDefaults {
  readonly name: string;
  readonly timeoutMs: number;
  readonly redirects: number;
  /** Answers may bring cookies that are kept. */
  readonly cookies: boolean;
}

export interface PreparedRequest {
  readonly origin: Origin;
  readonly keep: Job['keep'];
  readonly timeoutMs: number;
  /** Redirects that are followed at most. */
  readonly redirects: number;
  readonly checks: readonly AnswerCheck[];
  readonly extracts: readonly Extraction[];
  /** Tags besides the scenario's; undefined where it has none. */
  readonly tags: Readonly<Record<string, string>> | undefined;
  /** The next one. */
  message(values: Values): RequestMessage;
}

/** Throws FiredrillError `load.request` where the URL is none; `load.data` where a body cannot be read. */
export function prepareRequest(request: WrittenRequest, defaults: RequestDefaults, slots: Slots): PreparedRequest {
  const { name: scenario } = defaults;
  const { origin, target } = addressOf(request.url, scenario);
  const filler = (encoding: Encoding) => (text: string) => compileTemplate(text, slots, encoding);
  const body = prepareBody(request, filler);
  const message = prepareMessage(request, {
    origin,
    scenario,
    path: filler(URL_PART)(target),
    body,
    fill: filler(ONE_LINE),
  });
  const checks = prepareChecks(request.checks, filler(RAW));
  const extracts = prepareExtracts(request.extract);
  const redirects = request.redirects ?? defaults.redirects;
  const looksAtBody = [...checks, ...extracts].some(({ needsBody }) => needsBody);
  const looksAtHead = checks.length + extracts.length + redirects > 0 || defaults.cookies;
  const tags = { ...(request.name === undefined ? {} : { name: request.name }), ...request.tags };
  return {
    origin,
    keep: looksAtBody ? 'body' : looksAtHead ? 'head' : 'nothing',
    timeoutMs: request.timeout?.ms ?? defaults.timeoutMs,
    redirects,
    checks,
    extracts,
    tags: Object.keys(tags).length > 0 ? tags : undefined,
    message,
  };
}

interface MessageParts {
  readonly origin: Origin;
  readonly scenario: string;
  readonly path: Template;
  readonly body: PreparedBody | undefined;
  readonly fill: (text: string) => Template;
}

function prepareMessage(request: WrittenRequest, { origin, scenario, path, body, fill }: MessageParts): PreparedRequest['message'] {
  const { host, pairs } = headerPairs(request, origin, body?.contentType, scenario);
  const authority = fill(host);
  const headers = pairs.map(fill);
  const { method } = request;
  const render = (values: Values): RequestMessage & { readonly http1?: string } => {
    const content = body?.render(values);
    const texts = headers.map((part) => part.render(values));
    const parts = { method, target: path.render(values), authority: authority.render(values), headers: texts, body: content };
    return typeof content === 'object' ? parts : { ...parts, http1: headOf(parts) + (content ?? '') };
  };
  if (![path, authority, ...headers].every(({ fixed }) => fixed) || body?.fixed === false) return render;
  let fixed: RequestMessage | undefined;
  return (values) => {
    fixed ??= onceForAll(render(values));
    return fixed;
  };
}

function onceForAll(message: RequestMessage & { readonly http1?: string }): RequestMessage {
  return message.http1 === undefined ? message : { ...message, http1: Buffer.from(message.http1) };
}

function refuse(scenario: string, message: string, hint: string): never {
  throw new FiredrillError('load.request', `load scenario ${scenario}: ${message}`, { hint, exitCode: EXIT.experimentWrong });
}

/** Where it goes and what is asked for; the latter is kept as written, so that data may stand in it. */
function addressOf(text: string, scenario: string): { origin: Origin; target: string } {
  const problem = urlProblem(text);
  if (problem) return refuse(scenario, problem.message, problem.hint);
  const address = parseUrl(text);
  return 'problem' in address ? refuse(scenario, address.problem, address.hint) : address;
}

/** What `Host` says, and the other headers, names and values in turn. */
function headerPairs(
  request: WrittenRequest,
  origin: Origin,
  contentType: string | undefined,
  scenario: string,
): { host: string; pairs: string[] } {
  const given = Object.entries(request.headers);
  for (const [name, value] of given) {
    const problem = headerProblem(name, value);
    if (problem) refuse(scenario, problem.message, problem.hint);
  }
  const called = (name: string) => given.find(([each]) => each.toLowerCase() === name);
  const others = given.filter(([name]) => name.toLowerCase() !== 'host');
  const ours = called('user-agent') ? [] : [['User-Agent', 'firedrill']];
  const typed = contentType === undefined || called('content-type') ? [] : [['Content-Type', contentType]];
  return { host: called('host')?.[1] ?? origin.authority, pairs: [...ours, ...typed, ...others].flat() };
}
