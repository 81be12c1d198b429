/**
 * All metrics of a test, and of them those parts that somebody asks for by tags (`http_req_duration{name:login}`). What
 * is asked for is known before the first sample, so that memory goes with the questions and not with the tags.
 */
import { BUILT_IN_METRICS } from '../../../../experiments/language/load-metrics.ts';
import { type MetricSelector, parseSelector } from '../../../../experiments/language/threshold.ts';
import type { MetricType, Tags } from '../host.ts';
import { createSink, type Growth, type Sink } from './sink.ts';

/** Metrics at most that a script may make; each costs a sink for each question. */
export const METRICS_MAX = 1000;

/** Shown in every summary beside the whole metric. */
const EXPECTED_DURATION = 'http_req_duration{expected_response:true}';

/** What a metric's values are: k6's `contains`. */
export type Contains = 'default' | 'time' | 'data';

/** A metric, or the part of it that has certain tags. */
export interface StoredMetric {
  readonly name: string;
  readonly type: MetricType;
  readonly contains: Contains;
  readonly sink: Sink;
  readonly tags: Tags;
}

/** What a metric, or a part of it, grew by; `name` is as in StoredMetric. */
export interface MetricGrowth {
  readonly name: string;
  readonly isTime: boolean;
  readonly growth: Growth;
}

interface Family {
  readonly whole: StoredMetric;
  readonly parts: StoredMetric[];
}

/** Told of each sample, with all of its tags in two layers: those of the virtual user, and the sample's own. */
export type SampleListener = (metric: string, value: number, base: Tags, own: Tags | undefined) => void;

/** Whether tags in two layers, the second on top, have all that is asked for; a tag that is not there is empty. */
export function hasTags(asked: Tags, base: Tags, own: Tags | undefined): boolean {
  for (const name in asked) if ((own?.[name] ?? base[name] ?? '') !== asked[name]) return false;
  return true;
}

/** A selector as k6 takes it: with or without quotes around names and values. Undefined where the text is none. */
export function parseMetricSelector(text: string): MetricSelector | undefined {
  const open = text.indexOf('{');
  const parsed = parseSelector(
    open < 0 ? text : text.slice(0, open) + text.slice(open).replace(/(^\{|[,:])\s*["']|["']\s*(?=[,:]|\}$)/g, '$1'),
  );
  return parsed ? { ...parsed, text: text.trim() } : undefined;
}

export class MetricStore {
  readonly #families = new Map<string, Family>();
  readonly #listeners: SampleListener[] = [];

  constructor() {
    for (const { name, type, isTime } of BUILT_IN_METRICS) {
      this.#add(name, type, isTime ? 'time' : name.startsWith('data_') ? 'data' : 'default');
    }
    this.part(EXPECTED_DURATION);
  }

  /** Defines a metric of the script's own; the same once more is no mistake. Throws where the name is taken by another kind. */
  define(name: string, type: MetricType, isTime: boolean): void {
    const contains: Contains = isTime ? 'time' : 'default';
    const known = this.#families.get(name)?.whole;
    if (!known) {
      if (this.#families.size >= METRICS_MAX) throw new Error(`a test has at most ${METRICS_MAX} metrics; '${name}' is one more`);
      this.#add(name, type, contains);
    } else if (known.type !== type || known.contains !== contains) {
      throw new Error(`metric '${name}' already exists but with type ${known.type} (${known.contains}), instead of ${type} (${contains})`);
    }
  }

  has(name: string): boolean {
    return this.#families.has(name);
  }

  /** Somebody asks for a part of it. */
  hasParts(name: string): boolean {
    return (this.#families.get(name)?.parts.length ?? 0) > 0;
  }

  get names(): readonly string[] {
    return [...this.#families.keys()];
  }

  /** The metric or part that a selector means, gathered from here on; undefined where there is no such metric. */
  part(text: string): StoredMetric | undefined {
    const selector = parseMetricSelector(text);
    const family = selector && this.#families.get(selector.metric);
    if (!selector || !family) return undefined;
    if (Object.keys(selector.tags).length === 0) return family.whole;
    const found = family.parts.find(({ name }) => name === selector.text);
    if (found) return found;
    const { type, contains } = family.whole;
    const made: StoredMetric = { name: selector.text, type, contains, tags: selector.tags, sink: createSink(type, contains === 'time') };
    family.parts.push(made);
    return made;
  }

  onSample(listener: SampleListener): void {
    this.#listeners.push(listener);
  }

  sample(name: string, value: number, base: Tags, own?: Tags): void {
    const family = this.#families.get(name);
    if (!family) throw new Error(`there is no metric '${name}'`);
    family.whole.sink.add(value);
    for (const part of family.parts) if (hasTags(part.tags, base, own)) part.sink.add(value);
    for (const listener of this.#listeners) listener(name, value, base, own);
  }

  /** Every metric and part, in order of their names. */
  all(): readonly StoredMetric[] {
    return [...this.#families.values()]
      .flatMap(({ whole, parts }) => [whole, ...parts])
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** Gives all that was sampled, and begins anew. */
  drain(): readonly MetricGrowth[] {
    const grown = this.all().filter(({ sink }) => !sink.isEmpty);
    return grown.map(({ name, contains, sink }) => ({ name, isTime: contains === 'time', growth: sink.drain() }));
  }

  /** Adds what another process sampled of the same test. A metric that only its virtual users made is made here too. */
  absorb(metrics: readonly MetricGrowth[]): void {
    for (const { name, isTime, growth } of metrics) {
      if (!name.includes('{') && !this.has(name)) this.define(name, growth.type, isTime);
      this.part(name)?.sink.absorb(growth);
    }
  }

  #add(name: string, type: MetricType, contains: Contains): void {
    this.#families.set(name, { whole: { name, type, contains, tags: {}, sink: createSink(type, contains === 'time') }, parts: [] });
  }
}
