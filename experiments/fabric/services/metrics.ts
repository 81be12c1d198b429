/** Counters, gauges and histograms in Prometheus's text format: rate, errors and duration of requests, and what else a service counts. */

export type Labels = Readonly<Record<string, string>>;

/** Upper bounds of the duration buckets, in seconds. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Family {
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: Map<string, number>;
}

export class Metrics {
  readonly #families = new Map<string, Family>();

  /** Adds to a counter. */
  count(name: string, help: string, labels: Labels = {}, by = 1): void {
    add(this.#family(name, help, 'counter'), `${name}${text(labels)}`, by);
  }

  /** Sets a gauge. */
  gauge(name: string, help: string, labels: Labels, value: number): void {
    this.#family(name, help, 'gauge').values.set(`${name}${text(labels)}`, value);
  }

  /** Puts a duration into a histogram, in seconds. */
  observe(name: string, help: string, labels: Labels, seconds: number): void {
    const family = this.#family(name, help, 'histogram');
    for (const bound of BUCKETS_S) add(family, `${name}_bucket${text({ ...labels, le: String(bound) })}`, seconds <= bound ? 1 : 0);
    add(family, `${name}_bucket${text({ ...labels, le: '+Inf' })}`, 1);
    add(family, `${name}_sum${text(labels)}`, seconds);
    add(family, `${name}_count${text(labels)}`, 1);
  }

  /** The exposition text. */
  render(): string {
    return [...this.#families]
      .map(([name, { help, type, values }]) => {
        const lines = [...values].map(([series, value]) => `${series} ${value}\n`).join('');
        return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines}`;
      })
      .join('');
  }

  #family(name: string, help: string, type: Family['type']): Family {
    const found = this.#families.get(name);
    if (found) return found;
    const family: Family = { help, type, values: new Map() };
    this.#families.set(name, family);
    return family;
  }
}

function add(family: Family, series: string, by: number): void {
  family.values.set(series, (family.values.get(series) ?? 0) + by);
}

function text(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
