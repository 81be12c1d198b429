/** Judges a threshold on the load as a whole: from its beginning to an instant, live and afterwards alike. */
import type { LoadCondition } from '../../experiments/language/condition.ts';
import type { LoadThreshold } from '../../experiments/language/experiment.ts';
import type { Evidence } from './evidence.ts';
import { despiteLag, type LateSpan, overlapping } from './generator-lag.ts';
import { guarded } from './judge-condition.ts';
import { judgeWindow, partOf, type ReadLoad, readLoad, sumOver } from './judge-load.ts';
import { type Judgement, unknown } from './judgement.ts';
import { BUCKET_MS, type LoadCell } from './load-cells.ts';
import type { MetricReader } from './load-metrics.ts';
import { addCell, emptyRow, type LoadWindow } from './load-window.ts';

/** As its author would write it on one line. */
export function thresholdText({ load, threshold }: LoadThreshold): string {
  return `${load.text} ${threshold.text}`;
}

/**
 * Without a sample nothing is known. What the generator's own lag may have done is not held against the system. The bucket
 * in which the instant lies counts as far as it has come, so that the last requests of a load are among them.
 */
export function judgeThreshold(threshold: LoadThreshold, evidence: Evidence, toMs: number, late: readonly LateSpan[]): Judgement {
  return new ThresholdTally(threshold, evidence).judge(toMs, late);
}

/**
 * What a threshold has come to so far. It is summed up when it is judged for the first time; from then on, if it follows
 * the evidence, judging it costs what is new, in memory that does not grow with the run.
 */
export class ThresholdTally {
  readonly #condition: LoadCondition;
  readonly #evidence: Evidence;
  #follows = false;
  #window: LoadWindow | undefined;
  /** Told of since it was judged last. */
  #fresh: LoadCell[] = [];

  constructor({ load, threshold }: LoadThreshold, evidence: Evidence) {
    this.#condition = { load, threshold };
    this.#evidence = evidence;
  }

  /** Hears of what is added to the evidence from here on: what is due at the very instant too, which lies in the next bucket. Gives what ends that. */
  follow(): () => void {
    this.#follows = true;
    return this.#evidence.onCells((cells) => {
      if (this.#window) this.#fresh.push(...cells);
    });
  }

  /** The instant must not lie before that of the last time. */
  judge(toMs: number, late: readonly LateSpan[]): Judgement {
    return guarded(() => this.#judge(Math.ceil(toMs / BUCKET_MS), late));
  }

  #judge(end: number, late: readonly LateSpan[]): Judgement {
    const { load, threshold } = this.#condition;
    const read = readLoad({ selector: load, aggregate: threshold }, this.#evidence);
    if ('why' in read) {
      this.#window = undefined;
      this.#fresh = [];
      return unknown(read.why);
    }
    const window = this.#window ?? sumOver(read, 0, this.#follows ? end + 1 : end);
    if (this.#window) this.#grow(window, read);
    if (this.#follows) this.#window = window;
    const lengthMs = end * BUCKET_MS;
    const length = { lengthMs, completionsKnown: this.#evidence.completionsKnown };
    const judge = (condition: LoadCondition) => judgeWindow(condition, patient(read.reader, window), window, length);
    return despiteLag(this.#condition, this.#evidence, overlapping(late, 0, lengthMs), judge);
  }

  #grow(window: LoadWindow, { matching }: ReadLoad): void {
    const byId = new Map(matching.map((each) => [each.series.id, each]));
    const cells = this.#fresh;
    this.#fresh = [];
    for (const cell of cells) {
      const series = byId.get(cell.series);
      if (!series) continue;
      const row = emptyRow();
      addCell(row, cell);
      window.grow(partOf(series, row));
    }
  }
}

/** While nothing has come to an end, silence says nothing: the first requests are still under way. */
function patient(reader: MetricReader, { sums }: LoadWindow): MetricReader {
  const { silent: _, ...others } = reader;
  return sums.finished === sums.givenUp ? others : reader;
}
