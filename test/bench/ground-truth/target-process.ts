/**
 * The scripted target, a process of its own: an HTTP server on 127.0.0.1 that fails and heals at instants which it stamps by its own clocks
 * at the very act, and tells its parent. What came while it hangs is never answered, so that it is lost like all that came while it failed. Its script, an outage, is its only argument; it begins with the first request.
 */
import http from 'node:http';
import type { Outage } from './outage.ts';

const outage: Outage = JSON.parse(process.argv[2] ?? '');
/** Below the range of outgoing connections: a dial to a port of that range that nobody listens on may be given this very port. */
const PORT_MIN = 20_000;
const PORTS = 10_000;

let [failing, begun, port] = [false, false, 0];

const answer = (response: http.ServerResponse, status: number): void => {
  response.statusCode = status;
  response.setHeader('Content-Length', 2);
  response.end('ok');
};

const server = http.createServer((_request, response) => {
  if (!begun) {
    begun = true;
    setTimeout(fail, outage.beforeMs);
  }
  if (!failing) return answer(response, 200);
  if (outage.kind === 'errors') return answer(response, 503);
  if (outage.kind === 'slow') return void setTimeout(() => answer(response, 200), outage.lateMs);
});
server.keepAliveTimeout = 60_000;
server.on('error', listen);

function stamp(what: 'fails' | 'heals'): void {
  process.send?.({ what, ns: String(process.hrtime.bigint()), wallMs: Date.now() });
}

function fail(): void {
  failing = true;
  if (outage.kind === 'refusals') {
    server.close();
    server.closeAllConnections();
  }
  stamp('fails');
  setTimeout(heal, outage.lengthMs);
}

function heal(): void {
  if (outage.kind === 'refusals') {
    server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => {
      failing = false;
      stamp('heals');
    });
    return;
  }
  failing = false;
  stamp('heals');
}

function listen(): void {
  port = PORT_MIN + Math.floor(Math.random() * PORTS);
  server.listen({ port, host: '127.0.0.1', backlog: 4096 });
}

server.once('listening', () => process.send?.({ what: 'listens', port }));
process.once('disconnect', () => process.exit());
listen();
