/**
 * Measures the load generator on this machine and prints tables: the lag of either waker, the highest rate of which
 * all of the plan is sent, and the CPU that a request costs beside autocannon's own, over as many connections to the
 * same server. `node test/bench/load-generator.ts [url]`; without a URL a small server of its own is started.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { createHistogram } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { z } from 'zod';
import type { Scenario } from '../../experiments/language/experiment.ts';
import type { GeneratorFacts } from '../../runners/load/generator/merge.ts';
import { planScenarios } from '../../runners/load/generator/plan-scenarios.ts';
import { ScenarioRun } from '../../runners/load/generator/scenario-run.ts';
import { startLoad } from '../../runners/load/generator/start.ts';
import { runClock } from '../../runners/load/pacing/clock.ts';
import { Schedule, type Stream } from '../../runners/load/pacing/schedule.ts';
import type { WakerKind } from '../../runners/load/pacing/waker.ts';
import { Recorder } from '../../runners/load/recording/recorder.ts';
import { RequestsWorkload } from '../../runners/load/requests/requests-workload.ts';

const WAKER_RATES = [500, 2000];
const WAKER_SECONDS = 4;
const PLAN_RATES = [500, 2000, 5000, 10_000, 20_000, 30_000, 40_000];
const PLAN_SECONDS = 4;
const HOPELESS_LAG_MS = 200;
const CLIENT_SECONDS = 3;
const CLIENT_ROUNDS = 3;
const CONNECTIONS = 50;
const BODY_BYTES = 1024;

function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

function row(...cells: readonly (string | number)[]): void {
  print(`| ${cells.join(' | ')} |`);
}

function heading(...cells: readonly string[]): void {
  print();
  row(...cells);
  row(...cells.map(() => '---'));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function cpuUs(before?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Arrivals that do nothing but say how late they came. */
function silentStream(firstMs: number, everyMs: number, lag: (ms: number) => void): Stream {
  const stream = {
    nextMs: firstMs,
    arrive(nowMs: number) {
      lag(nowMs - stream.nextMs);
      stream.nextMs += everyMs;
    },
  };
  return stream;
}

async function benchWaker(kind: WakerKind, rate: number): Promise<void> {
  const clock = runClock(process.hrtime.bigint());
  const schedule = new Schedule(clock, kind);
  const lags = createHistogram();
  schedule.add(silentStream(clock.nowMs() + 500, 1000 / rate, (ms) => lags.record(Math.max(1, Math.round(ms * 1e6)))));
  await sleep(500);
  const before = process.cpuUsage();
  await sleep(WAKER_SECONDS * 1000);
  const share = cpuUs(before) / (WAKER_SECONDS * 1e6);
  await schedule.stop();
  row(kind, rate, (lags.percentile(50) / 1e6).toFixed(2), (lags.percentile(99) / 1e6).toFixed(2), (share * 100).toFixed(1));
}

function scenario(url: string, executor: string, settings: Scenario['settings']): Scenario {
  return {
    name: 'bench',
    executor,
    requests: [{ url, method: 'GET', headers: {}, weight: 1, checks: {} }],
    tags: {},
    data: {},
    startTime: { ms: 0 },
    gracefulStop: { ms: 10_000 },
    timeout: { ms: 10_000 },
    settings,
  };
}

/** Returns whether a higher rate is worth trying: all of the plan was sent, and not far behind its times. */
async function benchPlan(url: string, rate: number): Promise<boolean> {
  const facts: GeneratorFacts[] = [];
  const run = startLoad({
    scenarios: [scenario(url, 'constant-arrival-rate', { rate, duration: `${PLAN_SECONDS}s` })],
    startNs: process.hrtime.bigint(),
    seed: 1,
    onSeries() {},
    onCells() {},
    onGenerator: (each) => facts.push(each),
    signal: new AbortController().signal,
  });
  const { planned, sent, ok, lagP50Ms, lagP99Ms, limited } = await run.done;
  const cpu = facts.slice(1).map(({ cpuShare }) => cpuShare);
  const rss = Math.max(...facts.map(({ rssBytes }) => rssBytes));
  const share = cpu.reduce((sum, each) => sum + each, 0) / Math.max(1, cpu.length);
  row(
    rate,
    planned,
    sent,
    ok,
    lagP50Ms.toFixed(2),
    lagP99Ms.toFixed(2),
    (share * 100).toFixed(0),
    (rss / 1e6).toFixed(0),
    limited ? 'limited' : '',
  );
  return sent === planned && lagP99Ms < HOPELESS_LAG_MS;
}

interface Cost {
  readonly us: number;
  readonly rps: number;
}

async function autocannonCost(url: string): Promise<Cost> {
  const before = process.cpuUsage();
  const result = await autocannon({ url, connections: CONNECTIONS, duration: CLIENT_SECONDS });
  return { us: cpuUs(before) / result['2xx'], rps: result['2xx'] / result.duration };
}

/** The whole generator, recorder included, with as many virtual users as there are connections. */
async function generatorCost(url: string): Promise<Cost> {
  const [planned] = planScenarios([scenario(url, 'constant-vus', { vus: CONNECTIONS, duration: `${CLIENT_SECONDS}s` })]);
  if (!planned) return { us: Number.NaN, rps: Number.NaN };
  const clock = runClock(process.hrtime.bigint());
  const schedule = new Schedule(clock);
  const recorder = new Recorder(() => {});
  const { scenario: settings, plan } = planned;
  const workload = new RequestsWorkload({ scenario: settings, seed: 1, clock, recorder, schedule, socketsMax: CONNECTIONS });
  const { series } = workload;
  const run = new ScenarioRun({ plan, workload, gracefulStopMs: settings.gracefulStop.ms, clock, schedule, gauges: { lag() {} } });
  const frames = setInterval(() => recorder.take(), 100);
  await run.warm();
  const before = process.cpuUsage();
  run.begin(clock.nowMs());
  await run.done;
  const us = cpuUs(before) / series.totals.ok;
  clearInterval(frames);
  await schedule.stop();
  return { us, rps: series.totals.ok / CLIENT_SECONDS };
}

async function benchClients(url: string): Promise<void> {
  const kinds = { autocannon: autocannonCost, 'firedrill, gated client with recorder': generatorCost };
  const costs = new Map<string, Cost[]>();
  for (let round = 0; round <= CLIENT_ROUNDS; round += 1) {
    for (const [name, measure] of Object.entries(kinds)) {
      const cost = await measure(url);
      if (round > 0) costs.set(name, [...(costs.get(name) ?? []), cost]);
    }
  }
  for (const [name, found] of costs) {
    row(
      name,
      median(found.map(({ us }) => us)).toFixed(1),
      median(found.map(({ rps }) => rps)).toFixed(0),
      found.map(({ us }) => us.toFixed(1)).join(' '),
    );
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Answers every packet with 1 KB, without parsing: the cheapest server that there is in Node. */
function serve(): void {
  const answer = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY_BYTES}\r\n\r\n${'x'.repeat(BODY_BYTES)}`);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', () => socket.write(answer));
    socket.on('error', () => {});
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send?.(server.address()));
  process.once('disconnect', () => process.exit());
}

async function main(givenUrl: string | undefined): Promise<void> {
  const server = givenUrl === undefined ? fork(fileURLToPath(import.meta.url), ['serve'], { execArgv: [] }) : undefined;
  const [address] = server ? await once(server, 'message') : [];
  const url = givenUrl ?? `http://127.0.0.1:${z.looseObject({ port: z.number() }).parse(address).port}/`;
  print(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}, load average ${loadavg()[0]?.toFixed(1)} before`);
  heading('waker', 'arrivals/s', 'lag p50 ms', 'lag p99 ms', 'CPU % of a core');
  for (const rate of WAKER_RATES) for (const kind of ['thread', 'timer'] as const) await benchWaker(kind, rate);
  heading('client', 'µs CPU a request', 'requests/s', 'rounds');
  await benchClients(url);
  heading('rate', 'planned', 'sent', 'ok', 'lag p50 ms', 'lag p99 ms', 'CPU %', 'MB', '');
  for (const rate of PLAN_RATES) if (!(await benchPlan(url, rate))) break;
  server?.disconnect();
}

if (process.argv[2] === 'serve') serve();
else await main(process.argv[2]);
