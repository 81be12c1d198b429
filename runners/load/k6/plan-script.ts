/** What a test will do, from its options: scenarios with their plans, thresholds. Wrong options are told all at once. */
import { z } from 'zod';
import { FiredrillError } from '../../failure.ts';
import type { ExecutorPlan } from '../executors/executor.ts';
import { planExecutor } from '../executors/index.ts';
import { K6_EXIT, ScriptFailure } from './exit-codes.ts';
import type { MetricStore } from './metrics/metric-store.ts';
import { thresholdProblems } from './metrics/thresholds.ts';
import { consolidate } from './options/consolidate.ts';
import { parseOptions } from './options/parse.ts';
import { type ScenarioOption, scenariosOf } from './options/scenarios.ts';
import type { Options } from './options/schema.ts';
import type { ScriptExports } from './script.ts';

/** Options from outside of the script, each source checked. */
export interface OptionSources {
  /** Under the script's own. */
  readonly below: readonly Options[];
  /** Over the script's own: the environment's, then those of flags. */
  readonly above: readonly Options[];
}

export interface PlannedScriptScenario {
  readonly option: ScenarioOption;
  readonly plan: ExecutorPlan;
}

export interface ScriptPlan {
  readonly options: Options;
  readonly scenarios: readonly PlannedScriptScenario[];
  readonly warnings: readonly string[];
}

/** Arrival rates without a maxVUs reckon with requests of a minute, k6's default limit. */
const REQUEST_MS_MAX = 60_000;

/** Throws ScriptFailure (config) with all that is wrong. `thresholds: false` leaves them out. */
export function planScript(
  script: { readonly file: string; readonly exports: ScriptExports },
  sources: OptionSources,
  store: Pick<MetricStore, 'has' | 'names' | 'part'>,
  { thresholds }: { readonly thresholds: boolean },
): ScriptPlan {
  const own = parseOptions(plainData(script.exports['options']), `options of ${script.file}`);
  const options = consolidate([...sources.below, own.options, ...sources.above]);
  const found = scenariosOf(options);
  const planned = found.scenarios.map((option) => planScenario(option, script.exports));
  const problems = [
    ...own.problems,
    ...found.problems,
    ...planned.flatMap((each) => ('problem' in each ? [each.problem] : [])),
    ...(thresholds ? thresholdProblems(options.thresholds ?? {}, store) : []),
  ];
  if (problems.length > 0) throw new ScriptFailure(problems.join('\n'), K6_EXIT.config);
  return {
    options,
    scenarios: planned.flatMap((each) => ('problem' in each ? [] : [each])),
    warnings: [...own.warnings, ...found.warnings],
  };
}

/** Scripts may compute their options with whatever classes; what counts is what JSON has of them, as in k6. */
function plainData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return JSON.parse(JSON.stringify(value));
}

function planScenario(option: ScenarioOption, exports: ScriptExports): PlannedScriptScenario | { readonly problem: string } {
  const { name, executor, exec, settings } = option;
  const problem = (text: string) => ({ problem: `scenario ${name}: ${text}` });
  if (!/^[0-9a-zA-Z_-]+$/.test(name)) return problem('its name may have letters, digits, _ and - only');
  if (typeof exports[exec] !== 'function') {
    return problem(`the script exports no function '${exec}'${exec === 'default' ? '; write export default function () { … }' : ''}`);
  }
  try {
    return { option, plan: planExecutor(executor, settings, { timeoutMs: REQUEST_MS_MAX }) };
  } catch (error) {
    if (error instanceof FiredrillError) return problem(`${error.message}${error.hint ? `; ${error.hint}` : ''}`);
    if (error instanceof z.ZodError) {
      return problem(error.issues.map(({ path, message }) => `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`).join('; '));
    }
    throw error;
  }
}
