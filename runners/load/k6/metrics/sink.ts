/**
 * What the samples of a metric add up to, in memory that does not grow with them. A trend keeps its first values as they
 * are, so that small runs give k6's exact percentiles; beyond that a log-linear histogram (off by 0.8 % at most).
 */
import { parseAggregate } from '../../../../experiments/language/threshold.ts';
import { Histogram } from '../../../../probes/slo/histogram.ts';
import type { MetricType } from '../host.ts';

/** Values of a trend that are kept as they are. */
export const EXACT_MAX = 4096;

export interface Sink {
  readonly isEmpty: boolean;
  add(value: number): void;
  /** One figure by k6's name: `count`, `rate`, `p(95)` …; undefined where this type has none of that name. `elapsedMs` is what a counter's rate is over. */
  figure(name: string, elapsedMs: number): number | undefined;
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
}

class GaugeSink implements Sink {
  isEmpty = true;
  #value = 0;
  #min = 0;
  #max = 0;

  add(value: number): void {
    this.#min = this.isEmpty ? value : Math.min(this.#min, value);
    this.#max = this.isEmpty ? value : Math.max(this.#max, value);
    this.#value = value;
    this.isEmpty = false;
  }

  figure(name: string): number | undefined {
    if (name === 'value') return this.#value;
    return name === 'min' ? this.#min : name === 'max' ? this.#max : undefined;
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
}

class TrendSink implements Sink {
  #exact: Float64Array | undefined;
  #kept: number[] = [];
  #sorted = true;
  #histogram: Histogram | undefined;
  #count = 0;
  #sum = 0;
  #min = 0;
  #max = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(value: number): void {
    this.#min = this.#count === 0 ? value : Math.min(this.#min, value);
    this.#max = this.#count === 0 ? value : Math.max(this.#max, value);
    this.#count += 1;
    this.#sum += value;
    if (this.#histogram) {
      this.#histogram.record(value);
    } else if (this.#count <= EXACT_MAX) {
      this.#kept.push(value);
      this.#sorted = false;
    } else {
      this.#histogram = new Histogram();
      for (const each of this.#kept) this.#histogram.record(each);
      this.#histogram.record(value);
      this.#kept = [];
      this.#exact = undefined;
    }
  }

  figure(name: string): number | undefined {
    switch (name) {
      case 'count':
        return this.#count;
      case 'avg':
        return this.#count === 0 ? 0 : this.#sum / this.#count;
      case 'min':
        return this.#min;
      case 'max':
        return this.#max;
      case 'med':
        return this.#percentile(50);
      default: {
        const percentile = parseAggregate(name)?.percentile;
        return percentile === undefined ? undefined : this.#percentile(percentile);
      }
    }
  }

  /** Linear between the two nearest ranks, as k6 has it; 0 where there is nothing. */
  #percentile(percentile: number): number {
    if (this.#count === 0) return 0;
    // A histogram knows the step, not the value: what lies outside of all values is theirs at most.
    if (this.#histogram) return Math.min(this.#max, Math.max(this.#min, this.#histogram.percentileMs(percentile)));
    if (!this.#sorted || !this.#exact) {
      this.#exact = Float64Array.from(this.#kept).sort();
      this.#sorted = true;
    }
    const rank = (percentile / 100) * (this.#count - 1);
    const low = this.#exact[Math.floor(rank)] ?? 0;
    const high = this.#exact[Math.ceil(rank)] ?? low;
    return low + (high - low) * (rank - Math.floor(rank));
  }
}

export function createSink(type: MetricType): Sink {
  if (type === 'counter') return new CounterSink();
  if (type === 'gauge') return new GaugeSink();
  return type === 'rate' ? new RateSink() : new TrendSink();
}
