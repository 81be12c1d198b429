/** Where an answer leads, and what is asked there: methods change as Fetch has it (HTTP-redirect fetch, steps 11–13). */
import type { Origin } from '../transport/engine.ts';
import type { RequestMessage } from '../transport/message.ts';
import { parseUrl } from '../transport/origin.ts';
import type { AnswerView } from './answer-view.ts';

export interface Hop {
  readonly origin: Origin;
  readonly message: RequestMessage;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Headers of the body, which goes where the method becomes GET. */
const OF_BODY: ReadonlySet<string> = new Set(['content-type', 'content-encoding', 'content-language', 'content-location']);
/** Headers that are for one origin alone; cookies are the jar's. */
const OF_ORIGIN: ReadonlySet<string> = new Set(['authorization', 'host']);

/** The next request; undefined where the answer leads nowhere that load can be sent to. `url` is the whole one that was asked. */
export function nextHop(answer: AnswerView, url: string, sent: RequestMessage): Hop | undefined {
  const location = answer.header('location');
  if (!REDIRECTS.has(answer.status) || location === undefined || !URL.canParse(location, url)) return undefined;
  const next = new URL(location, url);
  const address = parseUrl(next.href);
  if ('problem' in address) return undefined;
  const { origin, target } = address;
  const bodyless = (answer.status === 303 && sent.method !== 'HEAD') || (answer.status < 303 && sent.method === 'POST');
  const elsewhere = next.origin !== new URL(url).origin;
  const dropped = (name: string) => (bodyless && OF_BODY.has(name)) || (elsewhere && OF_ORIGIN.has(name)) || name === 'cookie';
  const headers = sent.headers.filter((_, index, all) => !dropped((all[index - (index % 2)] ?? '').toLowerCase()));
  const message: RequestMessage = {
    method: bodyless ? 'GET' : sent.method,
    target,
    authority: elsewhere ? origin.authority : sent.authority,
    headers,
    body: bodyless ? undefined : sent.body,
  };
  return { origin, message };
}
