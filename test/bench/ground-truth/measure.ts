/** Plays an outage of the scripted target under real load, and judges it as a run would; the target's own log is the truth. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { type LateSpan, lateSpansOf } from '../../../probes/slo/generator-lag.ts';
import type { Instant } from '../../../probes/slo/instant.ts';
import { judgeObjective } from '../../../probes/slo/judge-objective.ts';
import type { State } from '../../../probes/slo/judgement.ts';
import { BUCKET_MS } from '../../../probes/slo/load-cells.ts';
import type { FaultClock } from '../../../probes/slo/recovery.ts';
import { startLoad } from '../../../runners/load/generator/start.ts';
import { load, objective } from '../../probes/slo/synthetic-load.ts';
import { scenarioOf } from '../../runners/load/support.ts';
import type { Outage } from './outage.ts';

/** Watched after the end: longer than the window of the indicator and the answers that are late. */
const AFTER_MS = 3500;
const TIMEOUT_MS = 2000;
/** Where the gates are put, as shares of the true length of the outage. */
export const GATES = { early: 0.9, late: 1.1 } as const;
/** What the target may take to say where it listens, and what it may be late with its own script. */
const TARGET_MS_MAX = 10_000;

const stamped = z.object({ ns: z.string(), wallMs: z.number() });
const listens = z.object({ what: z.literal('listens'), port: z.int() });
const told = z.discriminatedUnion('what', [
  listens,
  stamped.extend({ what: z.literal('fails') }),
  stamped.extend({ what: z.literal('heals') }),
]);

export type Stamp = z.output<typeof stamped>;

/** An outage as it was and as it was measured. Instants on the run's clock, whose start is stamped by both clocks too. */
export interface Measured {
  readonly outage: Outage;
  readonly target: { readonly fails: Stamp; readonly heals: Stamp };
  /** The lag is that of the worst second's 99th percentile: how late requests were sent by the generator's own doing. */
  readonly run: { readonly start: Stamp; readonly worstLagMs: number; readonly limited: boolean };
  /** Measured minus true, ms; null where nothing was found. */
  readonly impactErrorMs: number | null;
  readonly recoveryErrorMs: number | null;
  readonly impact: Instant | null;
  readonly recovered: Instant | null;
  /** The true instants on the run's clock. */
  readonly failedAtMs: number;
  readonly healedAtMs: number;
  /** A gate placed before the truth and one placed after it. */
  readonly gates: { readonly early: State; readonly late: State };
}

/** One bucket and one interval of requests. */
export function allowedMs({ ratePerS }: Pick<Outage, 'ratePerS'>): number {
  return BUCKET_MS + 1000 / ratePerS;
}

/** The target, and what it tells; ended with `end`. */
class Target {
  readonly #child: ChildProcess;
  readonly #stamps = new Map<'fails' | 'heals', Stamp>();
  readonly port: Promise<number>;

  constructor(outage: Outage) {
    this.#child = fork(fileURLToPath(new URL('./target-process.ts', import.meta.url)), [JSON.stringify(outage)], { execArgv: [] });
    this.port = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the target does not listen')), TARGET_MS_MAX);
      this.#child.once('exit', (code) => reject(new Error(`the target ended with ${code}`)));
      this.#child.on('message', (message) => {
        const heard = told.parse(message);
        if (heard.what !== 'listens') {
          this.#stamps.set(heard.what, { ns: heard.ns, wallMs: heard.wallMs });
          return;
        }
        clearTimeout(late);
        resolve(heard.port);
      });
    });
    this.port.catch(() => undefined);
  }

  stamp(what: 'fails' | 'heals'): Stamp {
    const found = this.#stamps.get(what);
    if (!found) throw new Error(`the target never told when it ${what}`);
    return found;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }
}

function errorOf(seenMs: number | null, trueMs: number): number | null {
  return seenMs === null ? null : seenMs - trueMs;
}

/** Plays one outage. Throws where the target or the load did not do their part. */
export async function measure(outage: Outage): Promise<Measured> {
  const target = new Target(outage);
  try {
    const port = await target.port;
    const start: Stamp = { ns: String(process.hrtime.bigint()), wallMs: Date.now() };
    const evidence = new Evidence();
    const facts: { atMs: number; lagP99Ms: number; eventLoopDelayP99Ms: number; limited: boolean }[] = [];
    const run = startLoad({
      scenarios: [
        scenarioOf({
          url: `http://127.0.0.1:${port}/`,
          settings: { rate: outage.ratePerS, duration: `${outage.beforeMs + outage.lengthMs + AFTER_MS}ms` },
          timeout: { ms: TIMEOUT_MS },
        }),
      ],
      startNs: BigInt(start.ns),
      seed: outage.seed,
      onSeries: (series) => evidence.addSeries(series),
      onCells: (cells) => evidence.addCells(cells),
      onGenerator: ({ lagP99Ms, eventLoopDelayP99Ms, limited }) =>
        facts.push({ atMs: Number(process.hrtime.bigint() - BigInt(start.ns)) / 1e6, lagP99Ms, eventLoopDelayP99Ms, limited }),
      signal: new AbortController().signal,
    });
    await run.done;
    const stamps = { fails: target.stamp('fails'), heals: target.stamp('heals') };
    const generator = { worstLagMs: Math.max(0, ...facts.map(({ lagP99Ms }) => lagP99Ms)), limited: facts.some(({ limited }) => limited) };
    return {
      ...judge(outage, evidence, { stamps, start, late: lateSpansOf(facts) }),
      outage,
      target: stamps,
      run: { start, ...generator },
    };
  } finally {
    await target.end();
  }
}

interface Circumstances {
  readonly stamps: Measured['target'];
  readonly start: Stamp;
  readonly late: readonly LateSpan[];
}

/** Counts from the true failure, as from the proof of a fault that is over at once. */
function judge(outage: Outage, evidence: Evidence, { stamps: { fails, heals }, start, late }: Circumstances) {
  const onRunClock = ({ ns }: Stamp) => Number(BigInt(ns) - BigInt(start.ns)) / 1e6;
  const [failedAtMs, healedAtMs] = [onRunClock(fails), onRunClock(heals)];
  const clock: FaultClock = { askedAtMs: failedAtMs - 1000, inEffectAtMs: failedAtMs, endedAtMs: failedAtMs, momentary: true };
  const good = outage.kind === 'slow' ? load('http_req_latency', 'p(95)<250') : load('http_req_failed', 'rate<0.01');
  const watchEndMs = healedAtMs + AFTER_MS - 1000;
  const within = (share: number) => {
    const limit = { ms: (healedAtMs - failedAtMs) * share };
    return judgeObjective(objective({ good, 'recovered-within': limit }), evidence, { clock, watchEndMs, late });
  };
  const { firstImpactMs, recoveredMs, instants } = within(1);
  return {
    failedAtMs,
    healedAtMs,
    impactErrorMs: errorOf(firstImpactMs, failedAtMs),
    recoveryErrorMs: errorOf(recoveredMs, healedAtMs),
    impact: instants.impact,
    recovered: instants.recovered,
    gates: { early: within(GATES.early).state, late: within(GATES.late).state },
  };
}
