/** A small HTTP service: routes by the first part of the path, /healthz, /metrics with rate, errors and duration of every request, and a clean end on SIGTERM. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';

/** What a route answers. `body` is sent as it is where it is text or bytes, else as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: string | Uint8Array | Readonly<Record<string, unknown>>;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Takes the rest of the path, decoded, in parts. */
export type Route = (parts: readonly string[], method: string) => Promise<Answer> | Answer;

export interface HttpService {
  readonly port: number;
  /** Key: the first part of the path; '' is the root. */
  readonly routes: Readonly<Record<string, Route>>;
  /** Undefined while well, else why not. */
  readonly unwell: () => string | undefined;
  readonly metrics: Metrics;
  /** Headers of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Listens until SIGTERM or SIGINT, then ends the process. */
export function serveHttp({ port, routes, unwell, metrics, headers = {} }: HttpService): void {
  const all: Readonly<Record<string, Route>> = {
    ...routes,
    healthz: () => {
      const why = unwell();
      return { status: why === undefined ? 200 : 503, body: why ?? 'ok' };
    },
    metrics: () => ({ status: 200, body: metrics.render(), type: 'text/plain; version=0.0.4' }),
  };
  const server = createServer((request, response) => void answer({ routes: all, metrics, headers }, request, response));
  server.keepAliveTimeout = 65_000;
  server.listen(port);
  const end = () => process.exit(0);
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

type Answering = Required<Pick<HttpService, 'routes' | 'metrics' | 'headers'>>;

async function answer({ routes, metrics, headers }: Answering, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const startedMs = performance.now();
  const [first = '', ...parts] = (request.url ?? '/').split('?', 1).join('').slice(1).split('/').map(decode);
  const route = Object.hasOwn(routes, first) ? routes[first] : undefined;
  const found = await run(route, parts, request.method ?? 'GET');
  const body = typeof found.body === 'string' || found.body instanceof Uint8Array ? found.body : JSON.stringify(found.body);
  const type = found.type ?? (typeof found.body === 'string' ? 'text/plain' : 'application/json');
  response.writeHead(found.status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers, ...found.headers });
  response.end(body);
  const labels = { route: route ? first || 'root' : 'none' };
  metrics.count('http_requests_total', 'Requests answered.', { ...labels, status: String(found.status) });
  metrics.observe('http_request_duration_seconds', 'Time to answer.', labels, (performance.now() - startedMs) / 1000);
}

async function run(route: Route | undefined, parts: readonly string[], method: string): Promise<Answer> {
  if (!route) return { status: 404, body: 'there is nothing here' };
  try {
    return await route(parts, method);
  } catch (error) {
    return { status: 500, body: error instanceof Error ? error.message : String(error) };
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
