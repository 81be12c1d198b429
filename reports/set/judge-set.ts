/**
 * The verdict of a set of runs: its comparisons, and whatever its runs came to by themselves. A run that failed counts against the set, unless its variant is a
 * baseline: that the unprotected system fails is what it is there for.
 */
import { type Comparison, variantsOf } from '../../experiments/language/experiment.ts';
import { type Compared, compare } from '../../probes/slo/compare/compare.ts';
import { judgeClaim } from '../../probes/slo/compare/judge-claim.ts';
import { measureText } from '../../probes/slo/compare/sample-run.ts';
import { EXIT_BY_REASON, type Reason } from '../reasons.ts';
import type { RecordedRun } from './recorded-run.ts';
import type { SetComparison, SetReport } from './set-report.ts';

export interface SetFacts {
  readonly setId: string;
  readonly seed: number;
  readonly comparisons: Readonly<Record<string, Comparison>>;
  readonly runs: readonly RecordedRun[];
  /** Why runs that were asked for are missing. */
  readonly missing?: Reason | undefined;
}

/** What a run without a name of its own is called in a comparison. */
const STORED = 'stored';

/** Runs of one side. */
interface Side {
  readonly name: string;
  readonly runs: readonly RecordedRun[];
}

/** The stored runs that a variant is compared with: those of the same variant, else all, where all are of one. */
function storedFor(variant: string, stored: readonly RecordedRun[]): Side {
  const same = stored.filter((run) => run.variant === variant);
  const runs = same.length > 0 || new Set(stored.map((run) => run.variant)).size > 1 ? same : stored;
  return { name: runs.length === 1 ? `run ${runs[0]?.report.runId ?? ''}` : STORED, runs };
}

/** Each pair of sides that a comparison is about; a text says why there is none. */
function pairsOf(comparison: Comparison, runs: readonly RecordedRun[]): readonly (readonly [Side, Side])[] | string {
  const stored = runs.filter((run) => run.stored);
  const made = Map.groupBy(
    runs.filter((run) => !run.stored),
    ({ variant }) => variant,
  );
  const { baseline } = comparison;
  if (baseline === undefined && stored.length === 0) return 'it is about a stored run, and --baseline names none';
  if (baseline !== undefined && !made.has(baseline)) return `${baseline} was not run`;
  const named = variantsOf(comparison);
  const variants = (named.length > 0 ? named : [...made.keys()]).filter((variant) => made.has(variant) && variant !== baseline);
  if (variants.length === 0) return named.length > 0 ? `${named.join(', ')} was not run` : 'nothing else was run';
  return variants.map((variant) => [
    { name: variant, runs: made.get(variant) ?? [] },
    baseline === undefined ? storedFor(variant, stored) : { name: baseline, runs: made.get(baseline) ?? [] },
  ]);
}

function differenceOf(compared: Compared): NonNullable<SetComparison['difference']> {
  const { difference, relative, test, pValue } = compared;
  const [low, high] = compared.interval();
  const [relativeLow, relativeHigh] = relative === undefined ? [null, null] : compared.relativeInterval();
  return {
    absolute: difference,
    low,
    high,
    relative: relative ?? null,
    relativeLow,
    relativeHigh,
    test,
    pValue: pValue ?? null,
  };
}

function sideReport(name: string, { name: side, runs }: Side): SetComparison['variant'] {
  const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);
  const values = runs.map((run) => finite(run.samples.get(name)?.value));
  const known = values.filter((value) => value !== null);
  return { name: side, values, mean: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length };
}

function judgePair(name: string, comparison: Comparison, [variant, baseline]: readonly [Side, Side], seed: number): SetComparison {
  const unusable = [...variant.runs, ...baseline.runs].find((run) => run.unusable !== undefined);
  const samples = ({ runs }: Side) => runs.flatMap((run) => run.samples.get(name) ?? []);
  const compared = unusable
    ? `run ${unusable.report.runId} tells nothing itself: ${unusable.unusable}`
    : compare(samples(variant), samples(baseline), seed);
  const judged =
    typeof compared === 'string'
      ? { state: 'unknown' as const, noDifferent: false, seen: compared, difference: null }
      : { ...judgeClaim(comparison.expect, compared), difference: differenceOf(compared) };
  return {
    name,
    description: comparison.description ?? null,
    measure: measureText(comparison.measure),
    when: comparison.when,
    expect: comparison.expect.text,
    variant: sideReport(name, variant),
    baseline: sideReport(name, baseline),
    ...judged,
  };
}

const KIND_BY_EXIT = new Map<number, Reason['kind']>([
  [EXIT_BY_REASON['not-undone'], 'not-undone'],
  [EXIT_BY_REASON.bug, 'bug'],
  [EXIT_BY_REASON.stopped, 'stopped'],
  [EXIT_BY_REASON.failed, 'failed'],
]);

function runReason({ variant, stored, exitCode, report }: RecordedRun, baselines: ReadonlySet<string>): Reason[] {
  if (stored || exitCode === 0) return [];
  const kind = KIND_BY_EXIT.get(exitCode) ?? 'inconclusive';
  if (kind === 'failed' && baselines.has(variant)) return [];
  return [{ kind, text: `Run ${report.runId} (${variant}): ${report.why[0] ?? `exit ${exitCode}`}` }];
}

function comparisonReason({ name, variant, baseline, measure, state, seen }: SetComparison): Reason[] {
  if (state === 'held') return [];
  const text = `Comparison ${name}, ${variant.name} against ${baseline.name}, is ${state} (${measure}: ${seen}).`;
  return [{ kind: state === 'broken' ? 'failed' : 'inconclusive', text }];
}

/** Judges a set. Throws where it has no run at all. */
export function judgeSet({ setId, seed, comparisons, runs, missing }: SetFacts): SetReport {
  const [first] = runs;
  if (!first) throw new Error('a set without runs has no verdict');
  const asked = Object.entries(comparisons).map(([name, comparison]) => ({ name, comparison, pairs: pairsOf(comparison, runs) }));
  const judged = asked.flatMap(({ name, comparison, pairs }) =>
    typeof pairs === 'string' ? [] : pairs.map((pair) => judgePair(name, comparison, pair, seed)),
  );
  const baselines = new Set(Object.values(comparisons).flatMap(({ baseline }) => baseline ?? []));
  const order = Object.keys(EXIT_BY_REASON);
  const reasons = [
    ...runs.flatMap((run) => runReason(run, baselines)),
    ...judged.flatMap(comparisonReason),
    ...(missing ? [missing] : []),
  ].sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
  const failed = reasons.some(({ kind }) => kind === 'failed');
  return {
    format: 'firedrill-set/1',
    setId,
    verdict: failed ? 'failed' : reasons.length > 0 ? 'inconclusive' : 'passed',
    exitCode: reasons[0] ? EXIT_BY_REASON[reasons[0].kind] : 0,
    why: reasons.length > 0 ? reasons.map(({ text }) => text) : [judged.length > 0 ? 'Every comparison held.' : 'Every run passed.'],
    experiment: { ...first.report.experiment },
    version: first.report.version,
    seed,
    comparisons: judged,
    leftOut: asked.flatMap(({ name, pairs }) => (typeof pairs === 'string' ? [{ name, why: pairs }] : [])),
    runs: runs.map(({ variant, stored, link, exitCode, report: { runId, verdict, why, startedAt, durationMs } }) => ({
      ...{ runId, variant, stored, report: link, verdict, exitCode },
      ...{ why: why[0] ?? '', startedAt, durationMs },
    })),
  };
}
