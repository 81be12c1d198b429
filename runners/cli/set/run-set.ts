/** `firedrill run` with --variants, --repeat or --baseline: everything is read and checked before the first run begins. */
import { PLAIN } from '../../../experiments/language/experiment.ts';
import { EXIT, type ExitCode, FiredrillError } from '../../failure.ts';
import type { RunOptions } from '../commands/run.ts';
import { type DrillOptions, drawSeed, drill } from '../drill.ts';
import type { CliIo } from '../io.ts';
import { type LoadedExperiment, loadExperiment } from '../load-experiment.ts';
import { playSet } from './play-set.ts';
import { chooseVariants, orderRuns } from './set-order.ts';
import { storedRuns } from './stored-runs.ts';

/** `first` is the file as `--variant` says; the seed is the same for all runs, so that chance picks the same targets. */
export async function runSet(
  io: CliIo,
  file: string,
  first: LoadedExperiment,
  { variant, variants, repeat = 1, interleave = false, baseline }: RunOptions,
  options: DrillOptions,
): Promise<ExitCode> {
  if (variant !== undefined && variants !== undefined) {
    throw new FiredrillError('variant-and-variants', 'There are --variant and --variants.', {
      hint: `Name them all behind --variants: --variants ${PLAIN},${variant}`,
      exitCode: EXIT.usageWrong,
    });
  }
  const chosen = variants === undefined ? [variant ?? PLAIN] : chooseVariants(variants, first.experiment);
  const order = orderRuns(chosen, repeat, interleave);
  const stored = baseline === undefined ? [] : await storedRuns(io.workingDirectory, baseline);
  const loaded = new Map<string, LoadedExperiment>();
  for (const name of chosen) {
    const each = await loadExperiment(io, file, name === PLAIN ? undefined : name);
    if (!each) return EXIT.experimentWrong;
    loaded.set(name, each);
  }
  return playSet(io, { ...options, seed: options.seed ?? drawSeed(), order, loaded, stored }, drill);
}
