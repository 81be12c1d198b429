/** What judging comes to, and the words and numbers that judgements are told in. */
import type { BurnCondition, Condition } from '../../experiments/language/condition.ts';
import type { Aggregate, Operator, Threshold } from '../../experiments/language/threshold.ts';

/** `unknown` means that nothing can be said; it never counts as held. */
export type State = 'held' | 'broken' | 'unknown';

/** One judgement; `seen` is what was seen, as text; `value` is what was compared with the bound. */
export interface Judgement {
  readonly state: State;
  readonly seen: string;
  readonly value?: number;
}

const COMPARE: Readonly<Record<Operator, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '>': (value, bound) => value > bound,
  '<=': (value, bound) => value <= bound,
  '>=': (value, bound) => value >= bound,
  '==': (value, bound) => value === bound,
  '!=': (value, bound) => value !== bound,
};

/** Whether a value meets a threshold; NaN never does. */
export function meets(value: number, threshold: Pick<Threshold, 'operator' | 'bound'>): boolean {
  return !Number.isNaN(value) && COMPARE[threshold.operator](value, threshold.bound);
}

export function unknown(seen: string): Judgement {
  return { state: 'unknown', seen };
}

/** `p(95)` for a percentile, else the aggregation's own word. */
export function aggregationText({ aggregation, percentile }: Aggregate): string {
  return aggregation === 'p' ? `p(${percentile ?? 50})` : aggregation;
}

/** A number as people read it: three significant digits below 1000, whole above. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : String(value);
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** An objective in percent with all of its nines: 99.95%. */
export function sloText(slo: number): string {
  return `${Number((slo * 100).toPrecision(12))}%`;
}

function burnText({ burn, slo, fires, scale }: BurnCondition): string {
  const scaled = scale === undefined || scale === 1 ? '' : `, windows / ${scale}`;
  return `burn-rate alert on ${burn.text} at ${sloText(slo)}${scaled} ${fires ? 'fires' : 'does not fire'}`;
}

/** The condition as its author would write it on one line. */
export function conditionText(condition: Condition): string {
  if ('spread' in condition) return condition.spread.text;
  if ('burn' in condition) return burnText(condition);
  if ('load' in condition) return `${condition.load.text} ${condition.threshold.text}`;
  const { tolerance, threshold, per } = condition;
  const parts: string[] = [];
  if (tolerance && 'equals' in tolerance) parts.push(`= ${String(tolerance.equals)}`);
  if (tolerance && 'range' in tolerance) parts.push(`in ${tolerance.range[0]}–${tolerance.range[1]}`);
  if (tolerance && 'matches' in tolerance) parts.push(`matches ${tolerance.matches}`);
  if (threshold) parts.push(`${threshold.text}${per ? ` per ${per.fault}.${per.fact}` : ''}`);
  const rows = [`${condition['wrong-in-a-row'] ?? 1} wrong`, `${condition['right-in-a-row'] ?? 1} right`].filter(
    (text) => !text.startsWith('1 '),
  );
  const row = rows.length > 0 ? ` (${rows.join(', ')} in a row)` : '';
  return `${condition.reading} ${parts.length > 0 ? parts.join(' and ') : 'is true'}${row}`;
}
