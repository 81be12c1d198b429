/**
 * Puts the sources of options together, the later over the earlier: file, script, environment, flags. Who says how the
 * load goes replaces all that was said of it before: `--iterations 5` puts a script's scenarios aside.
 */
import type { OptionName, Options } from './schema.ts';

/** Each of them alone says how the load goes. */
const EXECUTION: readonly OptionName[] = ['duration', 'iterations', 'stages', 'scenarios'];

export function consolidate(sources: readonly Options[]): Options {
  let all: Options = {};
  for (const above of sources) {
    if (EXECUTION.some((name) => above[name] !== undefined)) {
      const { duration: _duration, iterations: _iterations, stages: _stages, scenarios: _scenarios, ...rest } = all;
      all = { ...rest, ...above };
    } else {
      all = { ...all, ...above };
    }
  }
  return all;
}
