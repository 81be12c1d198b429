/**
 * A request, made ready before the first one is sent: what never changes is text already, and where `${name}` stands a
 * value is put in. Without any `${name}` it is one buffer for the whole run.
 */
import type { Request, Scenario } from '../../../experiments/language/experiment.ts';
import { EXIT, FiredrillError } from '../../failure.ts';
import type { Job, Origin } from '../transport/engine.ts';
import { type AnswerCheck, prepareChecks } from './checks.ts';
import type { Draw } from './data.ts';

const HOLE = /\$\{([A-Za-z0-9][A-Za-z0-9_.-]*)\}/g;
/** Methods that Go's transport, hence k6, sends anew when a rested connection turns out dead. */
const REPLAYABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Methods whose lack of a body is said with `Content-Length: 0` (RFC 9110, 8.6). */
const BODY_EXPECTED: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

export interface PreparedRequest {
  readonly origin: Origin;
  readonly weight: number;
  readonly head: boolean;
  readonly replayable: boolean;
  readonly keep: Job['keep'];
  readonly checks: readonly AnswerCheck[];
  /** The bytes of the next one. */
  payload(): string | Buffer;
}

/** Names of the data that a scenario declares, each with its draw. */
export type Draws = ReadonlyMap<string, Draw>;

/** Throws FiredrillError `load.request` where the URL is none, or names data that the scenario lacks. */
export function prepareRequest(request: Request, scenario: Pick<Scenario, 'name'>, draws: Draws): PreparedRequest {
  const { origin, target } = parseUrl(request.url, scenario.name);
  const lines = headerLines(request, origin, scenario.name);
  const fill = (text: string, where: string, encode: (value: string) => string) => compile(text, where, scenario.name, draws, encode);
  const start = fill(`${request.method} `, 'method', raw);
  const path = fill(target, 'url', encodeURIComponent);
  const headers = fill(` HTTP/1.1\r\n${lines}`, 'headers', oneLine);
  const body = fill(request.body ?? '', 'body', raw);
  const sized = request.body !== undefined || BODY_EXPECTED.has(request.method);
  const render = () => {
    const content = body.render();
    const length = sized ? `Content-Length: ${Buffer.byteLength(content)}\r\n` : '';
    return `${start.render()}${path.render()}${headers.render()}${length}\r\n${content}`;
  };
  const fixed = [path, headers, body].every((part) => part.fixed) ? Buffer.from(render()) : undefined;
  const checks = prepareChecks(request.checks);
  return {
    origin,
    weight: request.weight,
    head: request.method === 'HEAD',
    replayable: REPLAYABLE.has(request.method),
    keep: checks.some((check) => check.needsBody) ? 'body' : checks.length > 0 ? 'head' : 'nothing',
    checks,
    payload: fixed ? () => fixed : render,
  };
}

function refuse(scenario: string, message: string, hint: string): never {
  throw new FiredrillError('load.request', `load scenario ${scenario}: ${message}`, { hint, exitCode: EXIT.experimentWrong });
}

/** Splits a URL into where it goes and what is asked for; the latter is kept as written, save what HTTP cannot carry. */
function parseUrl(text: string, scenario: string): { origin: Origin; target: string } {
  const match = /^(https?:\/\/[^/?#]+)([^#]*)/.exec(text);
  const authority = match?.[1] ?? '';
  const url = URL.canParse(authority) ? new URL(authority) : undefined;
  if (!url || authority.includes('$'))
    return refuse(
      scenario,
      `'${text}' is not a URL that load can be sent to`,
      'write it like http://127.0.0.1:8080/path, with data after the host only',
    );
  if (url.username !== '' || url.password !== '')
    return refuse(scenario, `the URL to ${url.host} holds a user name`, 'send it as a header: Authorization: Basic …');
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const rest = match?.[2] ?? '';
  const target = (rest.startsWith('/') ? rest : `/${rest}`).replace(/[^\x21-\x7e]+/g, encodeURIComponent);
  return { origin: { secure, hostname: url.hostname.replace(/^\[|\]$/g, ''), port, text: url.origin }, target };
}

/** Field names are tokens and values hold no line break (RFC 9110, 5.1 and 5.5). Length and framing are ours to say. */
function headerLines(request: Request, origin: Origin, scenario: string): string {
  const given = Object.entries(request.headers);
  for (const [name, value] of given) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[\r\n\0]/.test(value))
      refuse(
        scenario,
        `'${name}' is not a header that HTTP can carry`,
        'use letters, digits and - in its name, and no line break in its value',
      );
    if (/^(?:content-length|transfer-encoding)$/i.test(name))
      refuse(scenario, `the header ${name} is set by firedrill from the body`, `remove ${name} from headers`);
  }
  const has = (name: string) => given.some(([each]) => each.toLowerCase() === name);
  const host = new URL(origin.text).host;
  const ours = [...(has('host') ? [] : [['Host', host]]), ...(has('user-agent') ? [] : [['User-Agent', 'firedrill']])];
  return [...ours, ...given].map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

interface Part {
  readonly fixed: boolean;
  render(): string;
}

function compile(text: string, where: string, scenario: string, draws: Draws, encode: (value: string) => string): Part {
  const pieces: (string | Draw)[] = [];
  let from = 0;
  for (const match of text.matchAll(HOLE)) {
    const draw = draws.get(match[1] ?? '');
    if (!draw) {
      const known = [...draws.keys()].join(', ') || 'none';
      refuse(
        scenario,
        `${where} uses ${match[0]}, which data does not declare (declared: ${known})`,
        `write data: {${match[1]}: {values: [a, b]}}`,
      );
    }
    pieces.push(text.slice(from, match.index), draw);
    from = match.index + match[0].length;
  }
  pieces.push(text.slice(from));
  if (pieces.length === 1) return { fixed: true, render: () => text };
  const render = () => {
    let filled = '';
    for (const piece of pieces) filled += typeof piece === 'string' ? piece : encode(piece());
    return filled;
  };
  return { fixed: false, render };
}

function raw(value: string): string {
  return value;
}

function oneLine(value: string): string {
  return value.replace(/[\r\n\0]/g, ' ');
}
