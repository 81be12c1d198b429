/**
 * What a request costs over one connection of HTTP/2: the pool's client beside Node's own, alternating, as many requests
 * under way, to the same server in a process of its own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http2 from 'node:http2';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { runClock } from '../../runners/load/pacing/clock.ts';
import type { Job } from '../../runners/load/transport/engine.ts';
import type { RequestMessage } from '../../runners/load/transport/message.ts';
import { parseUrl } from '../../runners/load/transport/origin.ts';
import { Pool } from '../../runners/load/transport/pool.ts';
import { quantile, round, table } from './table.ts';

const REQUESTS = 10_000;
const UNDER_WAY = 50;
const ROUNDS = 5;
const BODY_BYTES = 1024;

/** Sends one and calls back; a client is measured through it. */
type Send = (done: (ok: boolean) => void) => void;

interface Cost {
  readonly us: number;
  readonly rps: number;
}

/** Keeps as many under way until all are answered. */
async function measure(send: Send): Promise<Cost> {
  const before = process.cpuUsage();
  const startMs = performance.now();
  await new Promise<void>((resolve, reject) => {
    let left = REQUESTS;
    let underWay = 0;
    const next = () => {
      if (left === 0) {
        if (underWay === 0) resolve();
        return;
      }
      left -= 1;
      underWay += 1;
      send((ok) => {
        underWay -= 1;
        if (ok) next();
        else reject(new Error('a request failed'));
      });
    };
    for (let index = 0; index < UNDER_WAY; index += 1) next();
  });
  const { user, system } = process.cpuUsage(before);
  return { us: (user + system) / REQUESTS, rps: (REQUESTS / (performance.now() - startMs)) * 1000 };
}

function poolSend(pool: Pool): Send {
  const message: RequestMessage = { method: 'GET', target: '/', authority: 'bench', headers: [], body: undefined };
  return (done) => {
    const job: Job = {
      message,
      replayable: true,
      keep: 'nothing',
      deadlineMs: Number.POSITIVE_INFINITY,
      sent() {},
      settle: (outcome) => done(outcome === 'ok'),
    };
    pool.send(job);
  };
}

function nodeSend(session: http2.ClientHttp2Session): Send {
  return (done) => {
    const stream = session.request({ ':path': '/' }, { endStream: true });
    let status: number | undefined;
    stream.on('response', (headers) => {
      status = headers[':status'];
    });
    stream.on('data', () => {});
    stream.on('end', () => done(status === 200));
  };
}

export async function benchHttp2(print: (text: string) => void): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ['serve'], { execArgv: [] });
  const [told] = await once(server, 'message');
  const url = `http://127.0.0.1:${z.looseObject({ port: z.number() }).parse(told).port}`;
  const address = parseUrl(url);
  if ('problem' in address) throw new Error(address.problem);
  const pool = new Pool({ origin: address.origin, clock: runClock(process.hrtime.bigint()), socketsMax: 1, http2: 'only' });
  const session = http2.connect(url);
  const clients = { 'node:http2': nodeSend(session), 'firedrill, HTTP/2 client': poolSend(pool) };
  const costs = new Map<string, Cost[]>(Object.keys(clients).map((name) => [name, []]));
  for (let turn = 0; turn <= ROUNDS; turn += 1) {
    for (const [name, send] of Object.entries(clients)) {
      const cost = await measure(send);
      if (turn > 0) costs.get(name)?.push(cost);
    }
  }
  pool.close();
  session.destroy();
  server.disconnect();
  const rows = [...costs].map(([name, found]) => {
    const us = found.map((cost) => cost.us);
    const rps = found.map((cost) => cost.rps);
    return [name, round(quantile(us, 0.5)), `${round(Math.min(...us))}–${round(Math.max(...us))}`, round(quantile(rps, 0.5), 0)];
  });
  print(table([`one connection, ${UNDER_WAY} under way`, 'µs CPU a request', 'of all rounds', 'requests/s'], rows));
}

/** Answers every stream with 1 KB. */
function serve(): void {
  const body = Buffer.alloc(BODY_BYTES, 'x');
  const server = http2.createServer({ settings: { maxConcurrentStreams: 1000 } });
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-length': BODY_BYTES });
    stream.end(body);
  });
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
  process.once('disconnect', () => process.exit());
}

if (process.argv[2] === 'serve') serve();
