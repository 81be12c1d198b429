/** `k6/metrics`: the metrics that a script makes for itself. */
import type { MetricType, ScriptHost, Tags } from '../host.ts';
import { tagsOf } from './tags.ts';

/** Letters, digits and `_`, not beginning with a digit (k6 since 0.45). */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

type MetricsHost = Pick<ScriptHost, 'inInit' | 'metric' | 'sample' | 'log'>;

/** A number, or the truth as 1 and 0; anything else is no value. */
function numberOf(value: unknown): number {
  return typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? value : Number.NaN;
}

export function metricsModule(host: MetricsHost) {
  class Metric {
    readonly name: string;

    constructor(type: MetricType, name: unknown, isTime: unknown) {
      if (!host.inInit) throw new Error('metrics must be declared in the init context');
      if (typeof name !== 'string' || !NAME.test(name))
        throw new Error(`Invalid metric name: '${String(name)}'; use up to 128 ASCII letters, digits and _, not beginning with a digit`);
      host.metric(name, type, isTime === true);
      this.name = name;
    }

    /** False, with a warning, where the value is no number. */
    add(value: unknown, tags?: unknown): boolean {
      if (host.inInit) throw new Error('metrics cannot be added to in the init context');
      const number = numberOf(value);
      if (!Number.isFinite(number)) {
        host.log('warn', `'${String(value)}' is an invalid value for metric '${this.name}', a number or a boolean value is expected`);
        return false;
      }
      const given: Tags | undefined = tags === undefined || tags === null ? undefined : tagsOf(tags);
      host.sample(this.name, number, given);
      return true;
    }
  }

  class Counter extends Metric {
    constructor(name: unknown, isTime?: unknown) {
      super('counter', name, isTime);
    }
  }
  class Gauge extends Metric {
    constructor(name: unknown, isTime?: unknown) {
      super('gauge', name, isTime);
    }
  }
  class Rate extends Metric {
    constructor(name: unknown, isTime?: unknown) {
      super('rate', name, isTime);
    }
  }
  class Trend extends Metric {
    constructor(name: unknown, isTime?: unknown) {
      super('trend', name, isTime);
    }
  }
  return { Counter, Gauge, Rate, Trend };
}
