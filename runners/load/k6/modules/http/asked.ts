/** Requests as a script asks for them: all that it gives is read once, and checked. */
import type { ScriptHost } from '../../host.ts';
import { type BodyHost, readBody, type SaidBody } from './body.ts';
import { isToken } from './headers.ts';
import { NamedUrl } from './named-url.ts';
import { readParams, type SaidParams } from './params.ts';

/** Nothing of the script's own is in it, so that it can cross into another realm. */
export interface AskedRequest {
  /** In capitals. */
  readonly method: string;
  /** As written; it may be none. */
  readonly url: string;
  /** What the script calls it by its URL. */
  readonly name: string | undefined;
  readonly body: SaidBody | undefined;
  readonly params: SaidParams | undefined;
}

export type AskHost = BodyHost & Pick<ScriptHost, 'inInit'>;

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']);

/** Throws TypeError on a method, params and a body that are none. */
export function readRequest(host: AskHost, method: unknown, target: unknown, body: unknown, given: unknown): AskedRequest {
  if (host.inInit) throw new Error('requests cannot be made in the init context; make them in setup() or in the function that is run');
  const verb = String(method).toUpperCase();
  if (!METHODS.has(verb) && !isToken(verb)) throw new TypeError(`'${method}' is not a method that HTTP can carry; use GET, POST, …`);
  const params = readParams(given);
  const said = readBody(host, body);
  return { method: verb, url: String(target), name: isNamed(target) ? target.name : undefined, body: said, params };
}

/** Of `http.batch`: a URL, `[method, url, body, params]`, or an object of these. */
export function readBatched(host: AskHost, key: string, each: unknown): AskedRequest {
  if (typeof each === 'string' || isNamed(each)) return readRequest(host, 'GET', each, undefined, undefined);
  if (Array.isArray(each) && each.length >= 2) return readRequest(host, each[0], each[1], each[2], each[3]);
  if (typeof each === 'object' && each !== null && 'url' in each) {
    const { method = 'GET', url, body, params }: { method?: unknown; url: unknown; body?: unknown; params?: unknown } = each;
    return readRequest(host, method, url, body, params);
  }
  throw new TypeError(`http.batch: request '${key}' is neither a URL, nor [method, url, body, params], nor {method, url, body, params}`);
}

/** Most are texts: QuickJS takes its time for instanceof. */
function isNamed(target: unknown): target is NamedUrl {
  return typeof target === 'object' && target instanceof NamedUrl;
}
