/** What the load's tests share: raw servers, jobs that remember, a pool on the wall clock, cells added up, a load run to its end. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LoadCondition } from '../../../experiments/language/condition.ts';
import type { Scenario } from '../../../experiments/language/experiment.ts';
import { parseSelector, parseThreshold } from '../../../experiments/language/threshold.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { Histogram } from '../../../probes/slo/histogram.ts';
import type { LoadCell, LoadSeries, Outcome } from '../../../probes/slo/load-cells.ts';
import type { GeneratorFacts } from '../../../runners/load/generator/merge.ts';
import { type LoadOptions, startLoad } from '../../../runners/load/generator/start.ts';
import { runClock } from '../../../runners/load/pacing/clock.ts';
import type { Answer, Engine, Failure, Job, Origin } from '../../../runners/load/transport/engine.ts';
import type { RequestMessage } from '../../../runners/load/transport/message.ts';
import { Pool, type PoolOptions } from '../../../runners/load/transport/pool.ts';

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Listens on 127.0.0.1 until the test ends. `serve` gets each connection. */
export async function listen(t: TestContext, serve: (socket: net.Socket, index: number) => void): Promise<number> {
  const sockets = new Set<net.Socket>();
  let index = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket, index);
    index += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

/** Calls back for each whole request head on a connection. */
export function onRequests(socket: net.Socket, answer: (head: string, index: number) => void): void {
  let text = '';
  let index = 0;
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, end);
      text = text.slice(end + 4);
      answer(head, index);
      index += 1;
    }
  });
}

/**
 * A port on which nobody listens and which no outgoing connection is given: below the ephemeral range. A dial to a dead
 * port inside it may be given that very port and connect to itself.
 */
export async function quietPort(): Promise<number> {
  for (;;) {
    const server = net.createServer();
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

export function originOf(port: number, more: Partial<Origin> = {}): Origin {
  return {
    secure: false,
    hostname: '127.0.0.1',
    port,
    text: `http://127.0.0.1:${port}`,
    authority: `127.0.0.1:${port}`,
    socketPath: undefined,
    ...more,
  };
}

/** A job that keeps what it was told. */
export class TestJob implements Job {
  readonly message: RequestMessage;
  readonly replayable: boolean;
  readonly keep: Job['keep'];
  readonly deadlineMs: number;
  readonly settled: Promise<TestJob>;
  outcome: Outcome | undefined;
  answer: Answer | undefined;
  failure: Failure | undefined;
  sends = 0;
  settles = 0;
  #resolve: (job: TestJob) => void = () => {};

  constructor(method = 'GET', deadlineMs = Number.POSITIVE_INFINITY, more: Partial<RequestMessage & Pick<Job, 'keep'>> = {}) {
    const { keep = 'body', ...parts } = more;
    this.message = { method, target: '/', authority: 'test', headers: [], body: undefined, ...parts };
    this.keep = keep;
    this.replayable = method !== 'POST';
    this.deadlineMs = deadlineMs;
    this.settled = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  sent(): void {
    this.sends += 1;
  }

  settle(outcome: Outcome, _atMs: number, answer: Answer | undefined, failure?: Failure): void {
    this.outcome = outcome;
    this.answer = answer;
    this.failure = failure;
    this.settles += 1;
    this.#resolve(this);
  }
}

/** A pool with its sweep, closed when the test ends. */
export function poolFor(t: TestContext, port: number, more: Partial<PoolOptions> = {}): Pool {
  const clock = runClock(process.hrtime.bigint());
  const pool = new Pool({ origin: originOf(port), clock, socketsMax: 100, ...more });
  const sweep = setInterval(() => pool.sweep(clock.nowMs()), 5);
  t.after(() => {
    clearInterval(sweep);
    pool.close();
  });
  return pool;
}

/** Sends one request and waits for what it came to. */
export async function request(
  engine: Engine,
  method = 'GET',
  deadlineMs?: number,
  more?: ConstructorParameters<typeof TestJob>[2],
): Promise<TestJob> {
  const job = new TestJob(method, deadlineMs, more);
  engine.send(job);
  return job.settled;
}

/** All cells of a run added up. */
export class Sums {
  planned = 0;
  sent = 0;
  completed = 0;
  readonly outcomes: Partial<Record<Outcome, number>> = {};
  readonly checks: Record<string, [number, number]> = {};
  readonly latency = new Histogram();
  readonly duration = new Histogram();
  readonly plannedByBucket = new Map<number, number>();
  readonly cells: LoadCell[] = [];

  add(cells: readonly LoadCell[]): void {
    for (const cell of cells) this.#addOne(cell);
  }

  get recorded(): number {
    return Object.values(this.outcomes).reduce((sum, count) => sum + count, 0);
  }

  #addOne(cell: LoadCell): void {
    this.cells.push(cell);
    this.planned += cell.planned ?? 0;
    this.sent += cell.sent ?? 0;
    this.completed += cell.completed ?? 0;
    if (cell.planned) this.plannedByBucket.set(cell.bucketMs, (this.plannedByBucket.get(cell.bucketMs) ?? 0) + cell.planned);
    for (const [outcome, count] of Object.entries(cell.outcomes ?? {})) {
      this.outcomes[outcome as Outcome] = (this.outcomes[outcome as Outcome] ?? 0) + count;
    }
    for (const [name, [passed, failed]] of Object.entries(cell.checks ?? {})) {
      const counts = this.checks[name] ?? [0, 0];
      this.checks[name] = [counts[0] + passed, counts[1] + failed];
    }
    this.latency.merge(cell.latency ?? []);
    this.duration.merge(cell.duration ?? []);
  }
}

export type ScenarioParts = Partial<Omit<Scenario, 'requests'>> & { url?: string; requests?: Partial<Scenario['requests'][number]>[] };

/** A scenario with the defaults that the language fills in. */
export function scenarioOf({ url = 'http://127.0.0.1:9/', requests, ...parts }: ScenarioParts): Scenario {
  return {
    name: 'viewers',
    executor: 'constant-arrival-rate',
    tags: {},
    data: {},
    startTime: { ms: 0 },
    gracefulStop: { ms: 5000 },
    timeout: { ms: 5000 },
    settings: { rate: 100, duration: '1s' },
    ...parts,
    requests: (requests ?? [{}]).map((each) => ({ url, method: 'GET', headers: {}, weight: 1, checks: {}, ...each })),
  };
}

/** Starts a load whose cells are gathered. It is stopped when the test ends. */
export function begin(t: TestContext, parts: ScenarioParts | readonly Scenario[], more: Partial<LoadOptions> = {}) {
  const sums = new Sums();
  const series: LoadSeries[] = [];
  const facts: GeneratorFacts[] = [];
  const startNs = process.hrtime.bigint();
  const run = startLoad({
    scenarios: Array.isArray(parts) ? parts : [scenarioOf(parts as ScenarioParts)],
    startNs,
    seed: 1,
    onSeries: (each) => series.push(each),
    onCells: (cells) => sums.add(cells),
    onGenerator: (each) => facts.push(each),
    signal: new AbortController().signal,
    ...more,
  });
  run.done.catch(() => {});
  t.after(() => run.stop());
  return { run, sums, series, facts, nowMs: runClock(startNs).nowMs };
}

/** What a load told, as it is judged. */
export function evidenceOf({ series, sums }: Pick<ReturnType<typeof begin>, 'series' | 'sums'>): Evidence {
  const evidence = new Evidence();
  for (const each of series) evidence.addSeries(each);
  evidence.addCells(sums.cells);
  return evidence;
}

/** A condition on the load, as it is written. */
export function conditionOf(selector: string, threshold: string): LoadCondition {
  const [load, parsed] = [parseSelector(selector), parseThreshold(threshold)];
  if (!load || !parsed) throw new Error(`${selector} ${threshold} is no condition`);
  return { load, threshold: parsed };
}

/** An HTTP server in a process of its own, which can be killed and frozen. */
export async function serverProcess(t: TestContext, port = 0, backlog = 511): Promise<{ port: number; child: ChildProcess }> {
  const child = fork(fileURLToPath(new URL('./fixtures/server.ts', import.meta.url)), [String(port), String(backlog)], { execArgv: [] });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server did not start: ${code}`))),
  ]);
  return { port: Number(message), child };
}
