/** What every check of references is given. Checks walk the raw tree, so that they also run on a file with other mistakes. */

import { extractionCheck } from '../answer-check.ts';
import { suggest } from '../closest.ts';
import { partNames } from '../composite.ts';
import type { ExperimentFiles } from '../files.ts';
import type { Kind, Kinds } from '../kind.ts';
import { requestsOf } from '../load-names.ts';
import { namesOfSteps, ownSettings } from '../normalise.ts';
import type { Report, Span } from '../source.ts';
import { at, type Entry, entriesOf, itemsOf, keySpan, keysOf, type MapNode, type Node, textOf, toRecord } from '../tree.ts';
import { loadEndMs } from './durations.ts';

export interface CheckContext {
  readonly root: MapNode;
  readonly kinds: Kinds;
  readonly report: Report;
  /** Scalars from the environment that are read otherwise than written. */
  readonly flipped: ReadonlySet<Node>;
  /** Undefined where nobody can read them: they are not checked then. */
  readonly files: ExperimentFiles | undefined;
  /** Names of the method's fault steps, automatic ones included, in order. */
  readonly faultNames: readonly string[];
  /** The tags of each scenario, and of each request that has its own; the scenario's name is one of them. */
  readonly scenarioTags: readonly Readonly<Record<string, string>>[];
  /** The load comes from a script too: which metrics, tags and checks it has, only running it tells. */
  readonly hasScript: boolean;
  /** Names of the checks of all requests. */
  readonly checkNames: readonly string[];
  /** When the last scenario stops sending; undefined without load, or where one of them does not say. */
  readonly loadEndMs: number | undefined;
}

function faultNames(root: MapNode, { faults }: Kinds): readonly string[] {
  const steps = itemsOf(at(root, 'method'));
  const names = namesOfSteps(steps.map((step) => ({ name: textOf(at(step, 'name')), kind: textOf(at(step, 'fault')) ?? 'gate' })));
  return names.flatMap((name, index) => {
    const fault = at(steps[index], 'fault');
    if (fault === undefined) return [];
    const kind = faults.find((each) => each.name === textOf(fault));
    return partNames(name, kind);
  });
}

function tagsIn(node: Node): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(toRecord(at(node, 'tags'))).map(([key, value]) => [key, String(value)]));
}

function scenarioTags(scenarios: readonly (readonly [string, Entry])[]): CheckContext['scenarioTags'] {
  return scenarios.flatMap(([scenario, { node }]) => {
    const all = { scenario, ...tagsIn(node) };
    const ofRequests = requestsOf(node).map((request) => {
      const name = textOf(at(request, 'name'));
      return { ...all, ...(name === undefined ? {} : { name }), ...tagsIn(request) };
    });
    return [all, ...ofRequests];
  });
}

function checkNames(request: Node): readonly string[] {
  return [...keysOf(at(request, 'checks')), ...keysOf(at(request, 'extract')).map(extractionCheck)];
}

/** What the checks need to know of a tree, found once. */
export function contextOf(root: MapNode, given: Pick<CheckContext, 'kinds' | 'report' | 'flipped' | 'files'>): CheckContext {
  const scenarios = entriesOf(at(root, 'load', 'scenarios'));
  const requests = scenarios.flatMap(([, { node }]) => requestsOf(node));
  return {
    root,
    ...given,
    faultNames: faultNames(root, given.kinds),
    scenarioTags: scenarioTags(scenarios),
    hasScript: at(root, 'load', 'script') !== undefined,
    checkNames: requests.flatMap(checkNames),
    loadEndMs: loadEndMs(root),
  };
}

/** Reports a name that is none of the known ones. Anything but text is the schema's to report. */
export function checkName(
  context: CheckContext,
  code: string,
  what: string,
  node: Node | undefined,
  known: readonly string[],
  place?: Span,
): void {
  const name = textOf(node);
  if (node === undefined || name === undefined || known.includes(name)) return;
  const hint = known.length === 0 ? undefined : suggest(name, known);
  context.report(code, `there is no ${what} '${name}'`, place ?? node.span, hint);
}

/** Reports what in the settings of a kind the schema accepts and yet does not fit together; at `place` where the key to mend is not written. */
export function checkMisfits(context: CheckContext, node: Node, kind: Kind, place: Span): void {
  if (!kind.misfits) return;
  const settings = ownSettings(toRecord(node, context.flipped), [kind], kind.name);
  for (const misfit of kind.misfits(settings)) context.report('misfit', misfit.message, keySpan(node, misfit.key) ?? place, misfit.hint);
}
