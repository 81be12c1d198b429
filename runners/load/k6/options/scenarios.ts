/** What the options say of how the load goes, as scenarios: written out, or by one of k6's shortcuts. */
import type { Duration } from '../../../../experiments/language/duration.ts';
import type { Tags } from '../host.ts';
import { k6Duration } from './duration.ts';
import type { Options, ScriptScenario } from './schema.ts';

/** The name of the one scenario that a shortcut makes. */
export const DEFAULT_SCENARIO = 'default';
const GRACEFUL_STOP_MS = 30_000;

/** A scenario of a script. `settings` are those of its executor, durations as Compose writes them. */
export interface ScenarioOption {
  readonly name: string;
  readonly executor: string;
  /** The exported function that an iteration calls. */
  readonly exec: string;
  readonly env: Tags;
  readonly tags: Tags;
  readonly startTime: Duration;
  readonly gracefulStop: Duration;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface ScenarioOptions {
  readonly scenarios: readonly ScenarioOption[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

type Shortcut = 'iterations' | 'duration' | 'stages';

/** In the order in which k6 looks at them. */
const SHORTCUTS: readonly Shortcut[] = ['iterations', 'duration', 'stages'];

export function scenariosOf(options: Options): ScenarioOptions {
  const given = SHORTCUTS.filter((name) => (name === 'stages' ? (options.stages?.length ?? 0) > 0 : options[name] !== undefined));
  const written = Object.entries(options.scenarios ?? {});
  const problems = conflicts(given, written.length > 0);
  if (problems.length > 0) return { scenarios: [], problems, warnings: [] };
  if (written.length > 0) return fromWritten(written);
  const [shortcut] = given;
  const vus = options.vus ?? 1;
  const unused = shortcut === undefined && options.vus !== undefined && options.vus !== 1;
  const warnings = unused ? [`vus: ${vus} is passed over: it works together with iterations, duration or stages`] : [];
  return { scenarios: [byShortcut(shortcut, vus, options)], problems: [], warnings };
}

/** `iterations` and `duration` go together (the latter limits the former); nothing else does. */
function conflicts(given: readonly Shortcut[], written: boolean): readonly string[] {
  const all = [...given, ...(written ? ['scenarios'] : [])];
  if (all.length < 2 || (all.length === 2 && all[0] === 'iterations' && all[1] === 'duration')) return [];
  return [`options: ${all.join(' and ')} cannot be given together, each says how the load goes; keep one`];
}

function byShortcut(shortcut: Shortcut | undefined, vus: number, options: Options): ScenarioOption {
  const common = {
    name: DEFAULT_SCENARIO,
    exec: 'default',
    env: {},
    tags: {},
    startTime: { ms: 0 },
    gracefulStop: { ms: GRACEFUL_STOP_MS },
  };
  if (shortcut === 'iterations') {
    const limit = options.duration === undefined ? {} : { maxDuration: text(options.duration) };
    return { ...common, executor: 'shared-iterations', settings: { vus, iterations: options.iterations, ...limit } };
  }
  if (shortcut === 'duration' && options.duration) {
    return { ...common, executor: 'constant-vus', settings: { vus, duration: text(options.duration) } };
  }
  if (shortcut === 'stages') {
    const stages = (options.stages ?? []).map(({ duration, target }) => ({ duration: text(duration), target }));
    return { ...common, executor: 'ramping-vus', settings: { startVUs: vus, stages } };
  }
  return { ...common, executor: 'per-vu-iterations', settings: { vus: 1, iterations: 1 } };
}

function fromWritten(written: readonly (readonly [string, ScriptScenario])[]): ScenarioOptions {
  const problems: string[] = [];
  const scenarios = written.map(([name, each]): ScenarioOption => {
    const { executor, startTime, gracefulStop, exec, env, tags, options: _options, ...settings } = each;
    if (executor.endsWith('-arrival-rate') && settings['preAllocatedVUs'] === undefined)
      problems.push(`scenario ${name}: preAllocatedVUs is missing; write how many virtual users are made beforehand`);
    return {
      name,
      executor,
      exec: exec ?? 'default',
      env: Object.fromEntries(Object.entries(env ?? {}).map(([key, value]) => [key, String(value)])),
      tags: tags ?? {},
      startTime: startTime ?? { ms: 0 },
      gracefulStop: gracefulStop ?? { ms: GRACEFUL_STOP_MS },
      settings: withDefaults(executor, settings, (problem) => problems.push(`scenario ${name}: ${problem}`)),
    };
  });
  return { scenarios, problems, warnings: [] };
}

/** Settings that k6 lets out, and durations as numbers or in its own units. */
function withDefaults(
  executor: string,
  settings: Readonly<Record<string, unknown>>,
  say: (problem: string) => void,
): Record<string, unknown> {
  const readable: Record<string, unknown> = { ...DEFAULTS[executor] };
  const vus = settings['preAllocatedVUs'];
  if (executor.endsWith('-arrival-rate') && (settings['maxVUs'] ?? undefined) === undefined && vus !== undefined) readable['maxVUs'] = vus;
  for (const [key, value] of Object.entries(settings)) {
    if (value === null || value === undefined) continue;
    if (key === 'stages' && Array.isArray(value)) readable[key] = value.map((stage) => withDurations(stage, say));
    else Object.assign(readable, withDurations({ [key]: value }, say));
  }
  return readable;
}

const DURATIONS: ReadonlySet<string> = new Set(['duration', 'maxDuration', 'timeUnit', 'gracefulRampDown']);

const DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'constant-vus': { vus: 1 },
  'shared-iterations': { vus: 1, iterations: 1 },
  'per-vu-iterations': { vus: 1, iterations: 1 },
  'ramping-vus': { startVUs: 1 },
};

function withDurations(map: unknown, say: (problem: string) => void): unknown {
  if (typeof map !== 'object' || map === null) return map;
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => {
      if (!DURATIONS.has(key)) return [key, value];
      const parsed = k6Duration.safeParse(value);
      if (parsed.success) return [key, text(parsed.data)];
      say(`${key} ${parsed.error.issues[0]?.message ?? 'cannot be read'}`);
      return [key, value];
    }),
  );
}

/** As the executors' schemas read it. */
function text({ ms }: Duration): string {
  return `${Number(ms.toFixed(3))}ms`;
}
