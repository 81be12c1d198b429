/**
 * What probes cost: 1,000 of them at 1 s each, all in this process, against servers in another one. The CPU that this process
 * takes as a share of one core, how late looks begin, and how many were unknown (a runner that cannot keep up says so).
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { NamedProbe } from '../../experiments/language/experiment.ts';
import { probes as kinds } from '../../probes/index.ts';
import { type ReadingBody, startWatch } from '../../runners/runbook/watch.ts';
import { noTools } from '../probes/looking.ts';
import { quantile, round, table } from './table.ts';

const PROBES = 1000;
const EVERY_MS = 1000;
/** Connections are opened and code is compiled before anything is measured. */
const WARM_UP_MS = 3000;
const MEASURED_MS = 20_000;

/** Timers are whole milliseconds of a clock that is read once a turn: they may come a little early. */
const EARLY_MS_MAX = 50;

const told = z.object({ http: z.number(), redis: z.number(), tcp: z.number() });
type Ports = z.output<typeof told>;

/** Settings of each kind that is measured. */
function measured(ports: Ports): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return {
    noop: {},
    tcp: { host: '127.0.0.1', port: ports.tcp },
    redis: { url: `redis://127.0.0.1:${ports.redis}` },
    http: { url: `http://127.0.0.1:${ports.http}/` },
  };
}

interface Cost {
  readonly cpuShare: number;
  readonly lateMs: readonly number[];
  readonly looks: number;
  readonly unknown: number;
}

/** First looks a millisecond apart, and no jitter, so that it is known when each look was due. */
function evenly(): () => number {
  let draws = 0;
  return () => {
    draws += 1;
    return draws <= PROBES ? (draws - 1) / PROBES : 0;
  };
}

async function measure(probe: string, settings: NamedProbe['settings']): Promise<Cost> {
  let startNs: bigint | undefined;
  const nowMs = () => (startNs === undefined ? 0 : Number(process.hrtime.bigint() - startNs) / 1e6);
  const readings: ReadingBody[] = [];
  let isWarm = false;
  const named = Array.from({ length: PROBES }, (_, index) => ({
    name: `${index}`,
    probe,
    every: { ms: EVERY_MS },
    timeout: { ms: 5000 },
    settings,
  }));
  const watch = startWatch({
    probes: named,
    kinds,
    targetsOf: () => [],
    tools: noTools,
    nowMs,
    onReading: (reading) => isWarm && readings.push(reading),
    random: evenly(),
    signal: new AbortController().signal,
  });
  // All are started at the same instant, however long that takes.
  startNs = process.hrtime.bigint();
  await sleep(WARM_UP_MS);
  isWarm = true;
  const before = process.cpuUsage();
  const fromMs = nowMs();
  await sleep(MEASURED_MS);
  const { user, system } = process.cpuUsage(before);
  const tookMs = nowMs() - fromMs;
  isWarm = false;
  await watch.stop();
  const lateMs = readings.map(
    ({ probe: name, startedMs }) => ((startedMs - (Number(name) / PROBES) * EVERY_MS + EARLY_MS_MAX) % EVERY_MS) - EARLY_MS_MAX,
  );
  return {
    cpuShare: (user + system) / 1000 / tookMs,
    lateMs,
    looks: readings.length,
    unknown: readings.filter(({ status }) => status === 'unknown').length,
  };
}

export async function benchProbes(print: (text: string) => void): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ['serve'], { execArgv: [] });
  try {
    const [message] = await once(server, 'message');
    const rows: (string | number)[][] = [];
    for (const [kind, settings] of Object.entries(measured(told.parse(message)))) {
      const { cpuShare, lateMs, looks, unknown } = await measure(kind, settings);
      const late = [0.5, 0.99, 1].map((share) => round(quantile(lateMs, share)));
      rows.push([kind, round(cpuShare * 100), ...late, round(looks / (MEASURED_MS / 1000), 0), unknown]);
    }
    print(table([`${PROBES} probes at ${EVERY_MS} ms`, '% of a core', 'late p50 ms', 'p99', 'most', 'looks/s', 'unknown'], rows));
  } finally {
    server.disconnect();
  }
}

/** Answers HTTP and Redis, and accepts TCP. */
async function serve(): Promise<void> {
  const servers = {
    http: createHttpServer((_, response) => response.end('ok')),
    redis: createServer((socket) => socket.on('data', () => socket.write('+PONG\r\n')).on('error', () => {})),
    tcp: createServer((socket) => socket.resume().on('error', () => {})),
  };
  const ports: Record<string, number> = {};
  for (const [name, server] of Object.entries(servers)) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports[name] = (server.address() as AddressInfo).port;
  }
  process.send?.(ports);
  process.once('disconnect', () => process.exit());
}

if (process.argv[2] === 'serve') await serve();
