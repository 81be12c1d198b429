/**
 * A request, made ready before the first one is sent: what never changes is text already, and where `${name}` stands a
 * value is put in. Without any `${name}` it is one buffer for the whole run.
 */
import type { Request, Scenario } from '../../../experiments/language/experiment.ts';
import { EXIT, FiredrillError } from '../../failure.ts';
import type { Job, Origin } from '../transport/engine.ts';
import { headerProblem, headOf, isReplayable, type RequestMessage } from '../transport/message.ts';
import { parseUrl } from '../transport/origin.ts';
import { type AnswerCheck, prepareChecks } from './checks.ts';
import type { Draw } from './data.ts';

const HOLE = /\$\{([A-Za-z0-9][A-Za-z0-9_.-]*)\}/g;

export interface PreparedRequest {
  readonly origin: Origin;
  readonly weight: number;
  readonly replayable: boolean;
  readonly keep: Job['keep'];
  readonly checks: readonly AnswerCheck[];
  /** The next one. */
  message(): RequestMessage;
}

/** Names of the data that a scenario declares, each with its draw. */
export type Draws = ReadonlyMap<string, Draw>;

/** Throws FiredrillError `load.request` where the URL is none, or names data that the scenario lacks. */
export function prepareRequest(request: Request, scenario: Pick<Scenario, 'name'>, draws: Draws): PreparedRequest {
  const { origin, target } = addressOf(request.url, scenario.name);
  const fill = (text: string, where: string, encode: (value: string) => string) => compile(text, where, scenario.name, draws, encode);
  const path = fill(target, 'url', encodeURIComponent);
  const { host, pairs } = headerPairs(request, origin, scenario.name);
  const authority = fill(host, 'headers', oneLine);
  const headers = pairs.map((text) => fill(text, 'headers', oneLine));
  const body = fill(request.body ?? '', 'body', raw);
  const render = () => {
    const content = request.body === undefined ? undefined : body.render();
    const values = headers.map((part) => part.render());
    const parts = { method: request.method, target: path.render(), authority: authority.render(), headers: values, body: content };
    return { ...parts, http1: headOf(parts) + (content ?? '') };
  };
  const fixed = [path, authority, ...headers, body].every((part) => part.fixed) ? onceForAll(render()) : undefined;
  const checks = prepareChecks(request.checks);
  return {
    origin,
    weight: request.weight,
    replayable: isReplayable(request.method),
    keep: checks.some((check) => check.needsBody) ? 'body' : checks.length > 0 ? 'head' : 'nothing',
    checks,
    message: fixed ? () => fixed : render,
  };
}

function onceForAll(message: RequestMessage & { readonly http1: string }): RequestMessage {
  return { ...message, http1: Buffer.from(message.http1) };
}

function refuse(scenario: string, message: string, hint: string): never {
  throw new FiredrillError('load.request', `load scenario ${scenario}: ${message}`, { hint, exitCode: EXIT.experimentWrong });
}

/** Where it goes and what is asked for; the latter is kept as written, so that data may stand in it. */
function addressOf(text: string, scenario: string): { origin: Origin; target: string } {
  const address = parseUrl(text);
  if ('problem' in address) return refuse(scenario, address.problem, address.hint);
  if (/^[^/]*\/\/[^/?#]*\$/.test(text))
    return refuse(
      scenario,
      `'${text}' is not a URL that load can be sent to`,
      'write it like http://127.0.0.1:8080/path, with data after the host only',
    );
  if (address.userinfo !== '')
    return refuse(scenario, `the URL to ${address.origin.authority} holds a user name`, 'send it as a header: Authorization: Basic …');
  return address;
}

/** What `Host` says, and the other headers, names and values in turn. */
function headerPairs(request: Request, origin: Origin, scenario: string): { host: string; pairs: string[] } {
  const given = Object.entries(request.headers);
  for (const [name, value] of given) {
    const problem = headerProblem(name, value);
    if (problem) refuse(scenario, problem.message, problem.hint);
  }
  const called = (name: string) => given.find(([each]) => each.toLowerCase() === name);
  const others = given.filter(([name]) => name.toLowerCase() !== 'host');
  const ours = called('user-agent') ? [] : [['User-Agent', 'firedrill']];
  return { host: called('host')?.[1] ?? origin.authority, pairs: [...ours, ...others].flat() };
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
