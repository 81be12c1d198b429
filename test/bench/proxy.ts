/**
 * What the proxy of http-fault adds: time to a request, on a connection that is kept and on a fresh one, and throughput of a long body, each beside
 * a direct connection in the same run, taking turns. Server, proxy and client share this machine's cores.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { quantile, round, table } from './table.ts';

const WARM_UP = 1_000;
const REQUESTS = 4_000;
const FRESH = 1_000;
const BODY_BYTES = 1024 ** 3;
const ROUNDS = 3;
/** Of /proc/PID/stat; the same on every Linux. */
const TICKS_A_SECOND = 100;
const BYTES_PER_MB = 1e6;

const SERVER = `
const piece = Buffer.alloc(1 << 20);
const server = require('node:http').createServer({ keepAliveTimeout: 600000 }, (request, response) => {
  if (request.url !== '/long') return response.end('ok');
  response.writeHead(200, { 'content-length': ${BODY_BYTES} });
  let left = ${BODY_BYTES} / piece.length;
  const go = () => { while (left-- > 0) if (!response.write(piece)) return; response.end(); };
  response.on('drain', go);
  go();
}).listen(0, '127.0.0.1', () => console.log(JSON.stringify({ ports: [server.address().port] })));
`;

interface Started {
  readonly process: ChildProcess;
  readonly port: number;
}

async function start(args: readonly string[], orders?: (port: number) => object, upstream = 0): Promise<Started> {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  if (orders) child.stdin.write(`${JSON.stringify(orders(upstream))}\n`);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { process: child, port: JSON.parse(String(line)).ports[0] };
}

/** A proxy that looks at every request and hits none. */
const orders = (port: number) => ({
  faults: { match: { methods: ['GET'], path: '/nothing/*', headers: { 'x-region': 'sa-*' } }, share: 1, seed: 1, act: { abort: true } },
  upstreams: [{ address: '127.0.0.1', port }],
  drainMs: 0,
});

export async function benchProxy(print: (text: string) => void): Promise<void> {
  const server = await start(['-e', SERVER]);
  const program = fileURLToPath(new URL('../../runners/agent/agent.ts', import.meta.url));
  const proxy = await start([program, 'http-proxy'], orders, server.port);
  const ways = [server.port, proxy.port] as const;
  try {
    const kept = await keptRequests(ways);
    const fresh = await freshRequests(ways);
    print('Time to a small request, ms\n');
    print(
      table(['connection', 'way', 'p50', 'p95', 'p99', 'added p50', 'added p99'], [...rowsOf('kept', kept), ...rowsOf('fresh', fresh)]),
    );
    print('\nA body of 1 GiB over one connection, MB/s\n');
    print(table(['round', 'direct', 'through the proxy', 'a second of the proxy’s CPU'], await longBodies(ways, proxy.process.pid ?? 0)));
  } finally {
    server.process.kill();
    proxy.process.kill();
  }
}

type Pair<Value> = readonly [direct: Value, proxied: Value];

function rowsOf(name: string, [direct, proxied]: Pair<readonly number[]>): (string | number)[][] {
  const at = (values: readonly number[], share: number) => round(quantile(values, share), 3);
  const added = (share: number) => round(quantile(proxied, share) - quantile(direct, share), 3);
  return [
    [name, 'direct', at(direct, 0.5), at(direct, 0.95), at(direct, 0.99), '', ''],
    [name, 'through the proxy', at(proxied, 0.5), at(proxied, 0.95), at(proxied, 0.99), added(0.5), added(0.99)],
  ];
}

async function keptRequests([direct, proxied]: Pair<number>): Promise<Pair<readonly number[]>> {
  const sockets = [await opened(direct), await opened(proxied)] as const;
  const times: Pair<number[]> = [[], []];
  for (let turn = 0; turn < WARM_UP + REQUESTS; turn += 1) {
    for (const way of [0, 1] as const) {
      const ms = await asked(sockets[way]);
      if (turn >= WARM_UP) times[way].push(ms);
    }
  }
  for (const socket of sockets) socket.destroy();
  return times;
}

async function freshRequests(ports: Pair<number>): Promise<Pair<readonly number[]>> {
  const times: Pair<number[]> = [[], []];
  for (let turn = 0; turn < FRESH; turn += 1) {
    for (const way of [0, 1] as const) {
      const startedMs = performance.now();
      const socket = await opened(ports[way]);
      await asked(socket);
      times[way].push(performance.now() - startedMs);
      socket.destroy();
    }
  }
  return times;
}

async function longBodies(ports: Pair<number>, pid: number): Promise<(string | number)[][]> {
  const rows: (string | number)[][] = [];
  for (let each = 1; each <= ROUNDS; each += 1) {
    const directS = await longBody(ports[0]);
    const before = cpuS(pid);
    const proxiedS = await longBody(ports[1]);
    const rate = (seconds: number) => Math.round(BODY_BYTES / BYTES_PER_MB / seconds);
    rows.push([each, rate(directS), rate(proxiedS), rate(cpuS(pid) - before)]);
  }
  return rows;
}

async function opened(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** How long a small request took, in ms. */
function asked(socket: Socket): Promise<number> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    socket.once('data', () => resolve(performance.now() - startedMs));
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nx-region: us-east-1\r\nuser-agent: bench\r\n\r\n');
  });
}

/** How long a long body took, in s. */
function longBody(port: number): Promise<number> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    let bytes = 0;
    const callback = (count: number) => {
      bytes += count;
      if (bytes >= BODY_BYTES) {
        socket.destroy();
        resolve((performance.now() - startedMs) / 1000);
      }
      return true;
    };
    const socket = connect({ port, host: '127.0.0.1', onread: { buffer: Buffer.alloc(1 << 20), callback } });
    socket.write('GET /long HTTP/1.1\r\nhost: x\r\n\r\n');
  });
}

/** What a process has used of the processors, user and system, in s. */
function cpuS(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
