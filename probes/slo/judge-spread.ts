/** Judges a measure of spread: of the load by the values of a tag, of a counter's instants, or of a probe's readings by container. */
import type { SpreadCondition } from '../../experiments/language/condition.ts';
import { MEASURES, type SpreadMeasure, type SpreadThreshold } from '../../experiments/language/spread.ts';
import type { Evidence } from './evidence.ts';
import { type Judgement, meets, numberText, unknown } from './judgement.ts';
import { counterSpread } from './spread/counter-spread.ts';
import type { Found } from './spread/found.ts';
import { loadSpread, type MeasureStretch } from './spread/load-spread.ts';
import { readingSpread } from './spread/reading-spread.ts';

/** What is to be measured. */
export type SpreadQuestion = Pick<SpreadCondition, 'min-samples'> & { readonly spread: SpreadMeasure };

/** True where the readings of a probe are meant: it has some, and the measure can be taken of readings. */
export function isOfReadings({ spread }: Pick<SpreadQuestion, 'spread'>, evidence: Evidence): boolean {
  return MEASURES[spread.measure].of === 'tag or readings' && evidence.readingsOf(spread.of).length > 0;
}

/** True where a measure is one of latency, which a generator that is itself too late falsifies. */
export function isSpreadOfLatency(condition: Pick<SpreadQuestion, 'spread'>, evidence: Evidence): boolean {
  return condition.spread.measure === 'delta' && !isOfReadings(condition, evidence);
}

/** Judges over what lies wholly within [fromMs, toMs). */
export function judgeSpread(condition: SpreadCondition, evidence: Evidence, fromMs: number, toMs: number): Judgement {
  return spreadJudge(condition, evidence)(fromMs, toMs);
}

/** The same of one stretch after the other, each beginning and ending no earlier than the one before, on evidence that stays as it is meanwhile. */
export function spreadJudge(condition: SpreadCondition, evidence: Evidence): (fromMs: number, toMs: number) => Judgement {
  const measure = measureOf(condition, evidence);
  return (fromMs, toMs) => judged(condition.spread, measure(fromMs, toMs));
}

/** The measure of a stretch, without a bound; fewer samples than `least` say nothing. */
export function measureOf(condition: SpreadQuestion, evidence: Evidence): MeasureStretch {
  const { spread, 'min-samples': least = 1 } = condition;
  if (MEASURES[spread.measure].of === 'counter') return (fromMs, toMs) => counterSpread(spread, evidence, least, fromMs, toMs);
  if (isOfReadings(condition, evidence)) return (fromMs, toMs) => readingSpread(spread, evidence, least, fromMs, toMs);
  return loadSpread(spread, evidence, least);
}

/** Where the value is known between bounds alone, both have to say the same. */
function judged(spread: SpreadThreshold, found: Found): Judgement {
  if (typeof found === 'string') return unknown(found);
  const { least, most, seen } = found;
  const [low, high] = [meets(least, spread), meets(most, spread)];
  const text = `${spread.measure} ${least === most ? numberText(least) : `${numberText(least)} to ${numberText(most)}`}; ${seen}`;
  return low === high ? { state: low ? 'held' : 'broken', seen: text, value: low ? most : least } : unknown(text);
}
