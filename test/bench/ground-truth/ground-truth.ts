/**
 * `npm run bench -- ground-truth [--outages n] [--write]`: how near the measured first impact and recovery come to the truth, which is the scripted
 * target's own log. `--write` keeps each outage with the stamps of both clocks in outages.ndjson.
 */
import { writeFile } from 'node:fs/promises';
import { quantile, round, table } from '../table.ts';
import { allowedMs, type Measured, measure } from './measure.ts';
import { OUTAGE_KINDS, outageOf } from './outage.ts';

export const OUTAGES = 100;
export const FILE = new URL('./outages.ndjson', import.meta.url);

export interface GroundTruthOptions {
  readonly outages?: number | undefined;
  readonly write?: boolean | undefined;
}

/** What all of them come to. */
export interface Accuracy {
  readonly outages: number;
  /** Errors over one bucket and one interval of requests, in units of that allowance. */
  readonly impactP95: number;
  readonly recoveryP95: number;
  /** True instants that lie outside of the stretch in which they must. */
  readonly outside: number;
  readonly falsePasses: number;
  readonly falseFails: number;
  readonly undecided: number;
  readonly notFound: number;
}

function holds(instant: Measured['impact'], atMs: number): boolean {
  return instant !== null && instant.earliestMs <= atMs && atMs <= instant.latestMs;
}

/** Counts and 95th percentiles over outages. */
export function accuracyOf(all: readonly Measured[]): Accuracy {
  const share = (pick: (each: Measured) => number | null) =>
    all.flatMap((each) => {
      const errorMs = pick(each);
      return errorMs === null ? [] : [Math.abs(errorMs) / allowedMs(each.outage)];
    });
  const count = (is: (each: Measured) => boolean) => all.filter(is).length;
  return {
    outages: all.length,
    impactP95: quantile(
      share(({ impactErrorMs }) => impactErrorMs),
      0.95,
    ),
    recoveryP95: quantile(
      share(({ recoveryErrorMs }) => recoveryErrorMs),
      0.95,
    ),
    outside: all.reduce((sum, { impact, recovered, failedAtMs, healedAtMs }) => {
      return sum + Number(!holds(impact, failedAtMs)) + Number(!holds(recovered, healedAtMs));
    }, 0),
    falsePasses: count(({ gates }) => gates.early === 'held'),
    falseFails: count(({ gates }) => gates.late === 'broken'),
    undecided: all.reduce((sum, { gates }) => sum + Object.values(gates).filter((state) => state === 'unknown').length, 0),
    notFound: count(({ impactErrorMs, recoveryErrorMs }) => impactErrorMs === null || recoveryErrorMs === null),
  };
}

function rowOf(name: string, all: readonly Measured[]): (string | number)[] {
  const errors = (pick: (each: Measured) => number | null, of: number) => {
    const known = all.flatMap((each) => pick(each) ?? []).map(Math.abs);
    return known.length === 0 ? '–' : round(quantile(known, of));
  };
  const accuracy = accuracyOf(all);
  const instants = [(each: Measured) => each.impactErrorMs, (each: Measured) => each.recoveryErrorMs];
  return [
    name,
    all.length,
    ...instants.flatMap((pick) => [0.5, 0.95, 1].map((of) => errors(pick, of))),
    round(accuracy.impactP95, 2),
    round(accuracy.recoveryP95, 2),
    accuracy.outside,
    accuracy.falsePasses,
    accuracy.falseFails,
    accuracy.undecided,
  ];
}

/** Plays the outages one after the other and prints the table. */
export async function benchGroundTruth(print: (text: string) => void, options: GroundTruthOptions = {}): Promise<void> {
  const count = options.outages ?? OUTAGES;
  const all: Measured[] = [];
  for (let seed = 1; seed <= count; seed += 1) all.push(await measure(outageOf(seed)));
  print(`Errors of first impact and recovery over ${count} outages, against the target's own log (ms)\n`);
  const head = ['kind', 'outages', 'impact p50', 'p95', 'max', 'recovery p50', 'p95', 'max'];
  const counts = ['impact p95 / allowed', 'recovery p95 / allowed', 'truth outside', 'false passes', 'false fails', 'undecided of 2 gates'];
  const rows = OUTAGE_KINDS.map((kind) => ({ kind, of: all.filter(({ outage }) => outage.kind === kind) })).filter(
    ({ of }) => of.length > 0,
  );
  print(table([...head, ...counts], [...rows.map(({ kind, of }) => rowOf(kind, of)), rowOf('all', all)]));
  print('\nAllowed is one bucket of 100 ms and one interval of requests; gates stand at 90 % and 110 % of the true length.');
  const limited = all.filter(({ run }) => run.limited).length;
  if (limited > 0) print(`In ${limited} of them the load generator was itself late: slow answers of these count for nothing.`);
  if (options.write) await writeFile(FILE, `${all.map((each) => JSON.stringify(each)).join('\n')}\n`);
}
