/**
 * What the samples of a metric add up to, in memory that does not grow with them. A trend keeps its first values as they
 * are, so that small runs give k6's exact percentiles; beyond that it counts steps (off by 0.8 % at most). What one process
 * has added up another can add to its own, as long as the values are few without any loss.
 */
import { parseAggregate } from '../../../../experiments/language/threshold.ts';
import { Counts } from '../../../../probes/slo/counts.ts';
import { TIME_SCALE } from '../../../../probes/slo/histogram.ts';
import type { TrendValues } from '../../../../probes/slo/load-cells.ts';
import { WIDE_SCALE } from '../../../../probes/slo/wide-scale.ts';
import type { MetricType } from '../host.ts';

/** What a sink has added up, as data. */
export type Growth =
  | { readonly type: 'counter'; readonly sum: number }
  | { readonly type: 'gauge'; readonly value: number; readonly min: number; readonly max: number }
  | { readonly type: 'rate'; readonly trues: number; readonly total: number }
  | {
      readonly type: 'trend';
      readonly count: number;
      readonly sum: number;
      readonly min: number;
      readonly max: number;
      readonly values: TrendValues;
    };

export interface Sink {
  readonly isEmpty: boolean;
  add(value: number): void;
  /** One figure by k6's name: `count`, `rate`, `p(95)` …; undefined where this type has none of that name. `elapsedMs` is what a counter's rate is over. */
  figure(name: string, elapsedMs: number): number | undefined;
  /** Gives all that was added up, and begins anew. */
  drain(): Growth;
  /** Adds what another of the same type gave. Throws on another type. */
  absorb(growth: Growth): void;
}

function unlike(type: MetricType, growth: Growth): never {
  throw new Error(`a ${growth.type} cannot be added to a ${type}`);
}

class CounterSink implements Sink {
  isEmpty = true;
  #sum = 0;

  add(value: number): void {
    this.isEmpty = false;
    this.#sum += value;
  }

  figure(name: string, elapsedMs: number): number | undefined {
    if (name === 'count') return this.#sum;
    return name === 'rate' ? (elapsedMs > 0 ? this.#sum / (elapsedMs / 1000) : 0) : undefined;
  }

  drain(): Growth {
    const sum = this.#sum;
    this.#sum = 0;
    this.isEmpty = true;
    return { type: 'counter', sum };
  }

  absorb(growth: Growth): void {
    if (growth.type !== 'counter') unlike('counter', growth);
    this.add(growth.sum);
  }
}

class GaugeSink implements Sink {
  isEmpty = true;
  #value = 0;
  #min = 0;
  #max = 0;

  add(value: number): void {
    this.#take(value, value, value);
  }

  figure(name: string): number | undefined {
    if (name === 'value') return this.#value;
    return name === 'min' ? this.#min : name === 'max' ? this.#max : undefined;
  }

  drain(): Growth {
    this.isEmpty = true;
    return { type: 'gauge', value: this.#value, min: this.#min, max: this.#max };
  }

  absorb(growth: Growth): void {
    if (growth.type !== 'gauge') unlike('gauge', growth);
    this.#take(growth.value, growth.min, growth.max);
  }

  #take(value: number, min: number, max: number): void {
    this.#min = this.isEmpty ? min : Math.min(this.#min, min);
    this.#max = this.isEmpty ? max : Math.max(this.#max, max);
    this.#value = value;
    this.isEmpty = false;
  }
}

class RateSink implements Sink {
  #trues = 0;
  #total = 0;

  get isEmpty(): boolean {
    return this.#total === 0;
  }

  add(value: number): void {
    this.#total += 1;
    if (value !== 0) this.#trues += 1;
  }

  figure(name: string): number | undefined {
    if (name === 'rate') return this.#total === 0 ? 0 : this.#trues / this.#total;
    return name === 'passes' || name === 'count' ? this.#trues : name === 'fails' ? this.#total - this.#trues : undefined;
  }

  drain(): Growth {
    const [trues, total] = [this.#trues, this.#total];
    this.#trues = 0;
    this.#total = 0;
    return { type: 'rate', trues, total };
  }

  absorb(growth: Growth): void {
    if (growth.type !== 'rate') unlike('rate', growth);
    this.#trues += growth.trues;
    this.#total += growth.total;
  }
}

class TrendSink implements Sink {
  readonly #isTime: boolean;
  /** Made with the first value. */
  #values: Counts | undefined;
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  constructor(isTime: boolean) {
    this.#isTime = isTime;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(value: number): void {
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    this.#count += 1;
    this.#sum += value;
    this.#counts().addValue(value);
  }

  figure(name: string): number | undefined {
    const isEmpty = this.#count === 0;
    switch (name) {
      case 'count':
        return this.#count;
      case 'avg':
        return isEmpty ? 0 : this.#sum / this.#count;
      case 'min':
        return isEmpty ? 0 : this.#min;
      case 'max':
        return isEmpty ? 0 : this.#max;
      case 'med':
        return this.#percentile(50);
      default: {
        const percentile = parseAggregate(name)?.percentile;
        return percentile === undefined ? undefined : this.#percentile(percentile);
      }
    }
  }

  drain(): Growth {
    const growth = { count: this.#count, sum: this.#sum, min: this.#min, max: this.#max, values: this.#values?.toValues() ?? [] };
    this.#values = undefined;
    this.#count = 0;
    this.#sum = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = Number.NEGATIVE_INFINITY;
    return { type: 'trend', ...growth };
  }

  absorb(growth: Growth): void {
    if (growth.type !== 'trend') unlike('trend', growth);
    if (growth.count === 0) return;
    this.#min = Math.min(this.#min, growth.min);
    this.#max = Math.max(this.#max, growth.max);
    this.#count += growth.count;
    this.#sum += growth.sum;
    this.#counts().merge(growth.values);
  }

  #counts(): Counts {
    this.#values ??= new Counts(this.#isTime ? TIME_SCALE : WIDE_SCALE);
    return this.#values;
  }

  /** 0 where there is nothing. A step is known, not the value: what lies outside of all values is theirs at most. */
  #percentile(percentile: number): number {
    if (!this.#values) return 0;
    return Math.min(this.#max, Math.max(this.#min, this.#values.percentile(percentile)));
  }
}

/** Trends of times have a scale of their own, which is the finer one near zero. */
export function createSink(type: MetricType, isTime = false): Sink {
  if (type === 'counter') return new CounterSink();
  if (type === 'gauge') return new GaugeSink();
  return type === 'rate' ? new RateSink() : new TrendSink(isTime);
}
