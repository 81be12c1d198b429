/**
 * What has been seen so far: the load's cells, the probes' readings, the facts that faults reported. It only grows, so
 * that the same structure serves stop conditions while the run goes on and the verdict afterwards.
 */
import { ANSWER_TAGS, builtInMetric, type MetricDefinition } from '../../experiments/language/load-metrics.ts';
import type { MetricSelector } from '../../experiments/language/threshold.ts';
import { BUCKET_MS, type LoadCell, type LoadSeries, OTHER_TAG } from './load-cells.ts';
import { addCell, emptyRow, type LoadRow } from './load-window.ts';

/** One look of a probe, as it stands in the journal. Times on the run's clock. */
export interface ProbeReading {
  readonly probe: string;
  readonly container: string | undefined;
  /** When the look began. */
  readonly startedMs: number;
  /** When it ended. */
  readonly atMs: number;
  readonly status: 'ok' | 'unknown';
  readonly value: number | string | boolean | null;
  /** Why there is no value. */
  readonly error?: string | undefined;
}

/** The rows of one series by bucket number (bucketMs / BUCKET_MS). */
export interface SeriesRows {
  readonly series: LoadSeries;
  readonly rows: ReadonlyMap<number, LoadRow>;
}

/** Tags by which a selector chooses among series. */
function tagsWanted(selector: MetricSelector): [string, string][] {
  return Object.entries(selector.tags).filter(([tag]) => !(tag === 'check' && selector.metric === 'checks'));
}

/** A series' value of a tag; `scenario` is a tag too. */
export function tagOf({ tags, scenario }: LoadSeries, tag: string): string | undefined {
  return tags[tag] ?? (tag === 'scenario' ? scenario : undefined);
}

export class Evidence {
  readonly #metrics = new Map<string, MetricDefinition>();
  readonly #series = new Map<number, { series: LoadSeries; rows: Map<number, LoadRow> }>();
  readonly #readings = new Map<string, Map<string, ProbeReading[]>>();
  readonly #facts = new Map<string, Readonly<Record<string, number>>>();
  readonly #growthListeners: ((atMs: number) => void)[] = [];
  readonly #listeners = new Set<(cells: readonly LoadCell[]) => void>();
  #completionsKnown = false;
  #iterationsKnown = false;

  /** Hears of every stamp before anything so stamped is added: what is judged then rests on earlier stamps alone. */
  onGrowth(listener: (atMs: number) => void): void {
    this.#growthListeners.push(listener);
  }

  /** To be called before anything is added that is stamped `atMs`; stamps never go back. */
  growTo(atMs: number): void {
    for (const listener of this.#growthListeners) listener(atMs);
  }

  /** Whether the load counts completions by bucket; where it doesn't, silence is told by outcomes alone. */
  get completionsKnown(): boolean {
    return this.#completionsKnown;
  }

  /** Whether iterations are counted by themselves; where they aren't, each request is one. */
  get iterationsKnown(): boolean {
    return this.#iterationsKnown;
  }

  /** A metric of a script's own. */
  addMetric(metric: MetricDefinition): void {
    this.#metrics.set(metric.name, metric);
  }

  /** A metric by name: built in, or told of. */
  metric(name: string): MetricDefinition | undefined {
    return builtInMetric(name) ?? this.#metrics.get(name);
  }

  /** Names of the metrics that were told of. */
  ownMetrics(): readonly MetricDefinition[] {
    return [...this.#metrics.values()];
  }

  /** A series may be told of after its first cells. */
  addSeries(series: LoadSeries): void {
    this.#series.set(series.id, { series, rows: this.#series.get(series.id)?.rows ?? new Map() });
  }

  addCells(cells: readonly LoadCell[]): void {
    for (const cell of cells) {
      const known = this.#series.get(cell.series) ?? { series: { id: cell.series, scenario: '', tags: {} }, rows: new Map() };
      this.#series.set(cell.series, known);
      const bucket = Math.floor(cell.bucketMs / BUCKET_MS);
      const row = known.rows.get(bucket) ?? emptyRow();
      known.rows.set(bucket, row);
      addCell(row, cell);
      if (cell.completed) this.#completionsKnown = true;
      if (cell.iterations) this.#iterationsKnown = true;
    }
    for (const listener of this.#listeners) listener(cells);
  }

  /** Told of cells once they have been added. Gives what ends it. */
  onCells(listener: (cells: readonly LoadCell[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Readings of one container are kept in the order in which they ended. */
  addReading(reading: ProbeReading): void {
    const byContainer = this.#readings.get(reading.probe) ?? new Map<string, ProbeReading[]>();
    this.#readings.set(reading.probe, byContainer);
    const list = byContainer.get(reading.container ?? '') ?? [];
    byContainer.set(reading.container ?? '', list);
    let place = list.length;
    while (place > 0 && (list[place - 1]?.atMs ?? 0) > reading.atMs) place -= 1;
    list.splice(place, 0, reading);
  }

  /**
   * The latest instant up to `toMs` before which every planned request has its outcome. A journal that ended early leaves requests
   * under way; what they came to nobody knows, so nothing from the first of them on is evidence. A request may be planned in one
   * series of its scenario and end in another, which has the tags of its answer too.
   */
  settledMs(toMs: number): number {
    const open = new Map<string, number>();
    for (const { series, rows } of this.allSeries()) {
      for (const [bucket, { sums }] of rows) {
        const key = `${bucket} ${series.scenario}`;
        open.set(key, (open.get(key) ?? 0) + sums.planned - sums.finished);
      }
    }
    let earliestMs = toMs;
    for (const [key, count] of open) if (count > 0) earliestMs = Math.min(earliestMs, Number.parseInt(key, 10) * BUCKET_MS);
    return earliestMs;
  }

  addFacts(fault: string, facts: Readonly<Record<string, number>>): void {
    this.#facts.set(fault, { ...this.#facts.get(fault), ...facts });
  }

  fact(fault: string, fact: string): number | undefined {
    return this.#facts.get(fault)?.[fact];
  }

  /** Every series, in the order in which they became known. */
  allSeries(): SeriesRows[] {
    return [...this.#series.values()];
  }

  /** The series that carry all of the selector's tags; `scenario` is a tag too, `check` chooses among checks instead. */
  seriesOf(selector: MetricSelector): SeriesRows[] {
    const wanted = tagsWanted(selector);
    return this.allSeries().filter(({ series }) => wanted.every(([tag, value]) => tagOf(series, tag) === value));
  }

  /**
   * Of a selector that asks for what only answers tell: the series in which such requests were planned. None where it asks for
   * nothing of the kind.
   */
  plansOf(selector: MetricSelector): SeriesRows[] {
    const wanted = tagsWanted(selector);
    const [told, others] = [wanted.filter(([tag]) => ANSWER_TAGS.has(tag)), wanted.filter(([tag]) => !ANSWER_TAGS.has(tag))];
    if (told.length === 0) return [];
    return this.allSeries().filter(
      ({ series }) =>
        told.some(([tag]) => tagOf(series, tag) === undefined) &&
        told.every(([tag, value]) => (tagOf(series, tag) ?? value) === value) &&
        others.every(([tag, value]) => tagOf(series, tag) === value),
    );
  }

  /**
   * Whether samples that the selector asks for may lie in a series that has lost its tags, because there were too many
   * series: then what is left says nothing about them.
   */
  isIncomplete(selector: MetricSelector): boolean {
    const wanted = tagsWanted(selector);
    return this.allSeries().some(
      ({ series }) =>
        series.tags[OTHER_TAG] !== undefined &&
        wanted.some(([tag]) => tagOf(series, tag) === undefined) &&
        wanted.every(([tag, value]) => (tagOf(series, tag) ?? value) === value),
    );
  }

  /** A probe's readings, one list a container, each in the order in which the looks ended. */
  readingsOf(probe: string): readonly (readonly ProbeReading[])[] {
    return [...(this.#readings.get(probe)?.values() ?? [])];
  }

  /** Names of the probes that have readings. */
  probes(): string[] {
    return [...this.#readings.keys()];
  }
}
