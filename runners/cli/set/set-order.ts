/** Which variants a set runs, how often, and in which order. Pure. */
import { ALL, type Experiment, PLAIN, variantsOf } from '../../../experiments/language/experiment.ts';
import { EXIT, FiredrillError } from '../../failure.ts';

/** Runs of one set at most. */
const RUNS_MAX = 200;

/** Those that the comparisons name, in the order of the file; without comparisons that name any, the file as it stands and every variant. */
function allVariants({ comparisons = {}, variants }: Experiment): readonly string[] {
  const known = [PLAIN, ...Object.keys(variants)];
  const named = new Set(
    Object.values(comparisons).flatMap((each) => [...variantsOf(each), ...(each.baseline === undefined ? [] : [each.baseline])]),
  );
  return named.size === 0 ? known : known.filter((each) => named.has(each));
}

function usage(code: string, message: string, hint: string): FiredrillError {
  return new FiredrillError(code, message, { hint, exitCode: EXIT.usageWrong });
}

/** `all`, or names behind commas; throws FiredrillError (command line wrong) for what is no variant. */
export function chooseVariants(written: string, experiment: Experiment): readonly string[] {
  if (written.trim() === ALL) return allVariants(experiment);
  const known = [PLAIN, ...Object.keys(experiment.variants)];
  const names = written.split(',').map((each) => each.trim());
  const unknown = names.find((each) => !known.includes(each));
  if (unknown !== undefined)
    throw usage(
      'unknown-variant',
      `There is no variant '${unknown}'.`,
      `There are: ${known.join(', ')}, or all of them: --variants ${ALL}`,
    );
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) throw usage('variant-twice', `The variant '${twice}' is named twice.`, 'To run each several times: --repeat 4');
  return names;
}

/** The variant of each run. Interleaved: a, b, a, b; else a, a, b, b. Throws FiredrillError for too many. */
export function orderRuns(variants: readonly string[], repeat: number, interleave: boolean): readonly string[] {
  if (variants.length * repeat > RUNS_MAX)
    throw usage(
      'too-many-runs',
      `${variants.length} variants, ${repeat} times each, are ${variants.length * repeat} runs; the limit is ${RUNS_MAX}.`,
      'Lower --repeat',
    );
  const rounds = Array.from({ length: repeat }, (_, round) => round);
  if (interleave) return rounds.flatMap(() => variants);
  return variants.flatMap((variant) => rounds.map(() => variant));
}
