/** From the text of a file to an experiment, or to everything that is wrong with it. */
import { checkComparisons } from './checks/comparisons.ts';
import { checkConditions } from './checks/conditions.ts';
import { contextOf } from './checks/context.ts';
import { checkLoad } from './checks/load.ts';
import { checkMethod } from './checks/method.ts';
import { checkObjectives } from './checks/objectives.ts';
import { checkTargets, checkVariants } from './checks/targets.ts';
import { checkThresholds } from './checks/thresholds.ts';
import { suggest } from './closest.ts';
import type { Experiment } from './experiment.ts';
import { checkTree } from './explain.ts';
import type { ExperimentFiles } from './files.ts';
import type { Kinds } from './kind.ts';
import { normalise } from './normalise.ts';
import { compareProblems, type Problem } from './problems.ts';
import { readYaml, sourceOf } from './read-yaml.ts';
import { experimentSchema } from './schema.ts';
import { withExecutors } from './shortcuts.ts';
import { problemAt, type Report } from './source.ts';
import { substitute } from './substitution.ts';
import { at, entriesOf, keySpan, type MapNode, type Node } from './tree.ts';
import { withVariant } from './variant.ts';

export interface ParseOptions {
  /** The file's name, for messages. */
  readonly file: string;
  readonly kinds: Kinds;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly variant?: string | undefined;
  /** The files that the experiment names; without it they are not looked at. */
  readonly files?: ExperimentFiles | undefined;
}

/** `secrets` are the values that must be written nowhere. */
export type ParseResult =
  | { readonly ok: true; readonly experiment: Experiment; readonly secrets: readonly string[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What stands for a secret in a message. */
const REDACTED = '[secret]';
/** Problems kept of one file; nobody mends more at once. */
const PROBLEMS_MAX = 1000;
/** Variants of one file, each of which is checked. */
const VARIANTS_MAX = 20;

interface Checked {
  readonly root: MapNode;
  readonly flipped: ReadonlySet<Node>;
}

/** Everything that is wrong with one reading of the file: by the schema, then by what refers to what. */
function check(written: MapNode, options: ParseOptions, schema: ReturnType<typeof experimentSchema>, report: Report): Checked | undefined {
  const root = withExecutors(written, report);
  const flipped = checkTree(root, schema, report);
  const context = contextOf(root, { kinds: options.kinds, report, flipped: flipped ?? new Set(), files: options.files });
  for (const each of [
    checkTargets,
    checkVariants,
    checkMethod,
    checkLoad,
    checkThresholds,
    checkConditions,
    checkObjectives,
    checkComparisons,
  ])
    each(context);
  return flipped && { root, flipped };
}

/** The file as it is and with each of its variants over it, all checked; the reading that was asked for. */
function checkAll(root: MapNode, options: ParseOptions, report: Report): Checked | undefined {
  const schema = experimentSchema(options.kinds);
  const variants = entriesOf(at(root, 'variants'));
  if (variants.length > VARIANTS_MAX) {
    const place = keySpan(root, 'variants') ?? root.span;
    report('too-many-variants', `the file has ${variants.length} variants; the limit is ${VARIANTS_MAX}`, place);
    return undefined;
  }
  const plain = check(root, options, schema, report);
  const varied = new Map(variants.map(([name, { node }]) => [name, check(withVariant(root, node), options, schema, report)]));
  if (options.variant === undefined) return plain;
  if (varied.has(options.variant)) return varied.get(options.variant);
  const names = variants.map(([name]) => name);
  const place = keySpan(root, 'variants') ?? { start: root.span.start, end: root.span.start + 1 };
  report(
    'unknown-variant',
    `there is no variant '${options.variant}'`,
    place,
    suggest(options.variant, names) ?? 'the file has no variants',
  );
  return undefined;
}

/** Problems once each, in the order of the file, without the secrets. */
function tidy(problems: readonly Problem[], secrets: ReadonlySet<string>): readonly Problem[] {
  const redact = (text: string): string => [...secrets].reduce((left, secret) => left.replaceAll(secret, REDACTED), text);
  const once = new Map(problems.map((problem) => [JSON.stringify([problem.line, problem.column, problem.code, problem.message]), problem]));
  return [...once.values()]
    .map((problem) => ({
      ...problem,
      message: redact(problem.message),
      hint: problem.hint === undefined ? undefined : redact(problem.hint),
    }))
    .toSorted(compareProblems);
}

/** Parses an experiment. Variables come from `environment`, kinds from `kinds`; every variant of the file is checked. */
export function parseExperiment(text: string, options: ParseOptions): ParseResult {
  const source = sourceOf(options.file, text);
  const problems: Problem[] = [];
  const secrets = new Set<string>();
  const report: Report = (code, message, span, hint) => {
    if (problems.length < PROBLEMS_MAX) problems.push(problemAt(source, span, { code, message, hint }));
  };
  const tree = readYaml(source, report);
  const root = tree && substitute(tree, { source, environment: options.environment, report, secrets });
  const checked = root && checkAll(root, options, report);
  if (problems.length === 0 && checked) {
    return { ok: true, experiment: normalise(checked.root, checked.flipped, options), secrets: [...secrets] };
  }
  return { ok: false, problems: tidy(problems, secrets) };
}
