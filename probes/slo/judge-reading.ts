/** Judges a condition on a probe's readings over one stretch of time, and a single reading by itself. */
import type { ReadingCondition, Tolerance } from '../../experiments/language/condition.ts';
import type { Aggregate } from '../../experiments/language/threshold.ts';
import { percentileOf } from './counts.ts';
import type { Evidence, ProbeReading } from './evidence.ts';
import { type Rightness, rightness } from './in-a-row.ts';
import { aggregationText, type Judgement, meets, numberText, unknown } from './judgement.ts';

/** A reading as a number: booleans are 0 and 1, texts that are numbers count; undefined for everything else. */
export function numberOf(value: ProbeReading['value']): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && value.trim() === '') return undefined;
  const number = value === null ? Number.NaN : Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function isWithin(tolerance: Tolerance, value: ProbeReading['value']): boolean {
  if ('equals' in tolerance) return String(tolerance.equals) === String(value);
  if ('matches' in tolerance) return value !== null && new RegExp(tolerance.matches).test(String(value));
  const number = numberOf(value);
  return number !== undefined && number >= tolerance.range[0] && number <= tolerance.range[1];
}

/** Truth of a reading: neither false, nor null, 0, '' or 'false'. */
function isTrue(value: ProbeReading['value']): boolean {
  return value !== 'false' && value !== '0' && Boolean(value);
}

/** True where every single reading has to be right, so that a reading can be judged alone. */
export function judgesEach({ threshold }: ReadingCondition): boolean {
  return threshold === undefined || threshold.aggregation === 'value';
}

/** Whether one ok reading is right by itself. `divisor` is the fact behind `per`. */
export function isRight({ tolerance, threshold }: ReadingCondition, value: ProbeReading['value'], divisor: number): boolean {
  if (!tolerance && !threshold) return isTrue(value);
  if (tolerance && !isWithin(tolerance, value)) return false;
  if (threshold?.aggregation !== 'value') return true;
  return meets((numberOf(value) ?? Number.NaN) / divisor, threshold);
}

/** The number behind `per`, 1 without it; undefined where the fault has not reported it, or it is 0. */
export function divisorOf({ per }: ReadingCondition, evidence: Evidence): number | undefined {
  if (!per) return 1;
  const fact = evidence.fact(per.fault, per.fact);
  return fact === 0 ? undefined : fact;
}

/** Last minus first for each container, added up. The first is the last reading from before, where there is one. */
function delta(lists: readonly (readonly ProbeReading[])[], fromMs: number, toMs: number): number | undefined {
  let sum: number | undefined;
  for (const list of lists) {
    const ok = list.filter((reading) => reading.status === 'ok' && numberOf(reading.value) !== undefined);
    const inside = ok.filter((reading) => reading.startedMs >= fromMs && reading.atMs <= toMs);
    const last = inside.at(-1);
    const first = ok.filter((reading) => reading.atMs <= fromMs).at(-1) ?? inside[0];
    if (!last || !first || first === last) continue;
    sum = (sum ?? 0) + (numberOf(last.value) ?? 0) - (numberOf(first.value) ?? 0);
  }
  return sum;
}

/** What ok readings of a stretch come to together; undefined where they have no such aggregation, or it is of their order. */
export function aggregateReadings(threshold: Aggregate, ok: readonly ProbeReading[], lengthMs: number): number | undefined {
  if (threshold.aggregation === 'count') return ok.length;
  if (threshold.aggregation === 'rate') return ok.filter(({ value }) => isTrue(value)).length / ok.length;
  const values = ok.map(({ value }) => numberOf(value)).filter((value) => value !== undefined);
  if (values.length === 0 || lengthMs <= 0) return undefined;
  if (threshold.aggregation === 'avg') return values.reduce((sum, value) => sum + value, 0) / values.length;
  const fixed = { min: 0, med: 50, max: 100, p: threshold.percentile }[String(threshold.aggregation)];
  if (fixed === undefined) return undefined;
  const sorted = values.toSorted((one, other) => one - other);
  return percentileOf(fixed, sorted.length, (rank) => sorted[rank] ?? Number.NaN);
}

/** Judges over the looks that lie wholly within [fromMs, toMs], those of all containers together. */
export function judgeReading(condition: ReadingCondition, evidence: Evidence, fromMs: number, toMs: number): Judgement {
  const lists = evidence.readingsOf(condition.reading);
  const inside = lists.flatMap((list) => list.filter((reading) => reading.startedMs >= fromMs && reading.atMs <= toMs));
  const ok = inside.filter(({ status }) => status === 'ok');
  const blind = inside.length - ok.length;
  if (ok.length === 0) return unknown(blind > 0 ? `none of ${blind} looks succeeded` : 'no readings');
  const least = condition['min-samples'] ?? 1;
  if (ok.length < least) return unknown(`${ok.length} of at least ${least} readings`);
  const divisor = divisorOf(condition, evidence);
  if (divisor === undefined) return unknown(`${condition.per?.fault}.${condition.per?.fact} is not known or 0`);
  const right = rightness(condition, lists, toMs, ({ value }) => isRight(condition, value, divisor));
  const wrong = ok.find((reading) => !right(reading));
  if (wrong) return { state: 'broken', ...eachSeen(ok, wrong, divisor, right) };
  if (blind > ok.length) return unknown(`${blind} of ${inside.length} looks failed`);
  const { threshold } = condition;
  if (!threshold || threshold.aggregation === 'value') return { state: 'held', ...eachSeen(ok, ok.at(-1), divisor, right) };
  const total = threshold.aggregation === 'delta' ? delta(lists, fromMs, toMs) : aggregateReadings(threshold, ok, toMs - fromMs);
  if (total === undefined) return unknown(`${ok.length} readings have no ${aggregationText(threshold)}`);
  const value = total / divisor;
  const seen = `${aggregationText(threshold)} ${numberText(value)} of ${ok.length} readings`;
  return {
    state: meets(value, threshold) ? 'held' : 'broken',
    seen: condition.per ? `${seen} (${numberText(total)} / ${divisor})` : seen,
    value,
  };
}

/** A reading without a value says why. */
function textOf(reading: ProbeReading | undefined): string {
  if (reading?.value !== null) return String(reading?.value);
  return reading.error === undefined ? 'nothing' : `nothing (${reading.error})`;
}

function eachSeen(ok: readonly ProbeReading[], shown: ProbeReading | undefined, divisor: number, right: Rightness) {
  const number = numberOf(shown?.value ?? null);
  const value = number === undefined ? undefined : number / divisor;
  const wrong = ok.filter((reading) => !right(reading)).length;
  const text = value !== undefined && typeof shown?.value === 'number' ? numberText(value) : textOf(shown);
  const seen = wrong > 0 ? `${text}; ${wrong} of ${ok.length} readings are out` : `${text}; all ${ok.length} readings are in`;
  return { seen, ...(value === undefined ? {} : { value }) };
}
