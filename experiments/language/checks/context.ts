/** What every check of references is given. Checks walk the raw tree, so that they also run on a file with other mistakes. */

import { suggest } from '../closest.ts';
import { partNames } from '../composite.ts';
import type { Kinds } from '../kind.ts';
import { namesOfSteps } from '../normalise.ts';
import type { Report, Span } from '../source.ts';
import { at, type Entry, entriesOf, itemsOf, keysOf, type MapNode, type Node, textOf, toRecord } from '../tree.ts';
import { loadEndMs } from './durations.ts';

export interface CheckContext {
  readonly root: MapNode;
  readonly kinds: Kinds;
  readonly report: Report;
  /** Names of the method's fault steps, automatic ones included, in order. */
  readonly faultNames: readonly string[];
  /** Each scenario's tags; its own name is one of them. */
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

function scenarioTags(scenarios: readonly (readonly [string, Entry])[]): CheckContext['scenarioTags'] {
  return scenarios.map(([name, { node }]) => {
    const tags = Object.entries(toRecord(at(node, 'tags'))).map(([key, value]) => [key, String(value)] as const);
    return { scenario: name, ...Object.fromEntries(tags) };
  });
}

/** What the checks need to know of a tree, found once. */
export function contextOf(root: MapNode, kinds: Kinds, report: Report): CheckContext {
  const scenarios = entriesOf(at(root, 'load', 'scenarios'));
  const requests = scenarios.flatMap(([, { node }]) => itemsOf(at(node, 'requests')));
  return {
    root,
    kinds,
    report,
    faultNames: faultNames(root, kinds),
    scenarioTags: scenarioTags(scenarios),
    hasScript: at(root, 'load', 'script') !== undefined,
    checkNames: requests.flatMap((request) => keysOf(at(request, 'checks'))),
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
