/** The names that `${name}` in a scenario's requests may stand for: its data, what its steps extract, and the virtual user's own numbers. */
import { at, entriesOf, itemsOf, keysOf, type Node } from './tree.ts';

/** A name in a text, with a column after a dot: `${user.email}`. */
export const PLACEHOLDER_NAME = /\$\{([A-Za-z0-9_][A-Za-z0-9_.-]*)\}/g;

/** k6's words: the number of the virtual user, from 1, and of the scenario's iteration, from 0. */
export const OWN_NUMBERS: ReadonlySet<string> = new Set(['__VU', '__ITER']);

/** The parts of a scenario whose texts are the load's to fill. */
export const FILLED_PARTS: ReadonlySet<string> = new Set(['requests', 'steps', 'chains']);

/** The known name that a placeholder is about, and the rest of it after a dot; undefined where it is about none. */
export function namedIn(
  placeholder: string,
  known: { has(name: string): boolean },
): { readonly name: string; readonly column: string } | undefined {
  for (let end = placeholder.length; end > 0; end = placeholder.lastIndexOf('.', end - 1)) {
    const name = placeholder.slice(0, end);
    if (known.has(name)) return { name, column: placeholder.slice(end + 1) };
  }
  return undefined;
}

/** The steps of each iteration that a scenario may draw: one request, or the steps of a chain. */
export function iterationsOf(scenario: Node | undefined): readonly (readonly Node[])[] {
  const chains = entriesOf(at(scenario, 'chains')).map(([, { node }]) => itemsOf(at(node, 'steps')));
  const steps = itemsOf(at(scenario, 'steps'));
  return [...itemsOf(at(scenario, 'requests')).map((request) => [request]), ...(steps.length > 0 ? [steps] : []), ...chains];
}

/** Every request of a scenario. */
export function requestsOf(scenario: Node | undefined): readonly Node[] {
  return iterationsOf(scenario)
    .flat()
    .filter((step) => at(step, 'think') === undefined);
}

/** Every name that a scenario's requests may use somewhere. */
export function namesOf(scenario: Node | undefined): ReadonlySet<string> {
  const extracted = requestsOf(scenario).flatMap((request) => keysOf(at(request, 'extract')));
  return new Set([...keysOf(at(scenario, 'data')), ...extracted, ...OWN_NUMBERS]);
}
