/**
 * Values from the environment: `${VAR}`, `${VAR:-default}`, `${secret:VAR}`, and `$${` for a literal `${`. In a
 * request of the load, `${name}` stays for the load generator where the scenario's data or steps have that name.
 */
import { closest } from './closest.ts';
import { FILLED_PARTS, namedIn, namesOf } from './load-names.ts';
import type { Report, Source, Span } from './source.ts';
import { at, type MapNode, mapValues, type Node, type Scalar, type ScalarNode } from './tree.ts';

const PLACEHOLDER = /\$\$\{|\$\{([^}]*)\}?/g;
const VARIABLE = /^(secret:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;
const NUMBER = /^[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?$/i;

interface Substitution {
  readonly source: Source;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
  readonly secrets: Set<string>;
}

/** What a plain YAML scalar of this text would be, by the core schema. */
function typed(text: string): Scalar {
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  return NUMBER.test(text) ? Number(text) : text;
}

/** Where one placeholder stands in the source: its own columns where the scalar was written on one line as it is. */
function placeOf(source: Source, node: ScalarNode, placeholder: string, from: number): Span {
  const found = source.text.slice(node.span.start, node.span.end).indexOf(placeholder, from);
  return found === -1 ? node.span : { start: node.span.start + found, end: node.span.start + found + placeholder.length };
}

interface Variable {
  readonly value: string | undefined;
  readonly secret: boolean;
}

function readVariable(inner: string, place: Span, data: ReadonlySet<string>, to: Substitution): Variable {
  const match = VARIABLE.exec(inner);
  if (!match) {
    const hint = `write \${VAR}, \${VAR:-default} or \${secret:VAR}; $\${ stands for \${`;
    to.report('wrong-variable', `'\${${inner}}' names no variable of the environment`, place, hint);
    return { value: undefined, secret: false };
  }
  const [, marked, variable = '', fallback] = match;
  const given = Object.hasOwn(to.environment, variable) ? to.environment[variable] : undefined;
  const value = fallback === undefined ? given : given || fallback;
  if (value === undefined) {
    const near = closest(variable, [...data]) ?? closest(variable, Object.keys(to.environment));
    const hint = near === undefined ? `set it, or give a default: \${${variable}:-…}` : `did you mean \${${near}}?`;
    to.report('unset-variable', `the environment has no ${variable}`, place, hint);
  }
  if (marked && value) to.secrets.add(value);
  return { value, secret: marked !== undefined };
}

function refuseUnclosed(place: Span, to: Substitution): Variable {
  to.report('wrong-variable', `'\${' is never closed`, { start: place.start, end: place.start + 2 }, `write \${VAR}; $\${ stands for \${`);
  return { value: undefined, secret: false };
}

/** Puts the variables into one scalar. `$${name}` where `name` is data would be filled in all the same, so it is refused. */
function substituteScalar(node: ScalarNode, data: ReadonlySet<string>, to: Substitution): ScalarNode {
  if (typeof node.value !== 'string' || !node.value.includes('${')) return node;
  const variables: Variable[] = [];
  let searched = 0;
  const value = node.value.replace(PLACEHOLDER, (placeholder: string, inner: string | undefined, offset: number, whole: string) => {
    const place = placeOf(to.source, node, placeholder, searched);
    searched = Math.max(searched, place.end - node.span.start);
    if (inner !== undefined && namedIn(inner, data)) return placeholder;
    if (inner === undefined) {
      const name = /^\$\$\{([^}]*)\}/.exec(whole.slice(offset))?.[1] ?? '';
      if (namedIn(name, data))
        to.report('wrong-variable', `'${name}' is a name of this scenario and cannot be escaped`, place, 'name it otherwise');
      return '${';
    }
    const variable = placeholder.endsWith('}') ? readVariable(inner, place, data, to) : refuseUnclosed(place, to);
    variables.push(variable);
    return variable.value ?? '';
  });
  if (variables.some((variable) => variable.value === undefined)) return { ...node, unset: true };
  const other = typed(value);
  if (variables.length === 0 || variables.some(({ secret }) => secret) || other === value) return { ...node, value };
  return node.plain ? { ...node, value: other, otherwise: value } : { ...node, value, otherwise: other };
}

function substituteIn(node: Node, data: ReadonlySet<string>, to: Substitution): Node {
  if (node.type === 'scalar') return substituteScalar(node, data, to);
  if (node.type === 'list') return { ...node, items: node.items.map((item) => substituteIn(item, data, to)) };
  return mapValues(node, (value) => substituteIn(value, data, to));
}

const NONE: ReadonlySet<string> = new Set();

/** Scenarios of a load: their requests keep the names of their data. `base` is the load that a variant changes. */
function substituteLoad(load: Node, base: Node | undefined, to: Substitution): Node {
  if (load.type !== 'map') return substituteIn(load, NONE, to);
  return mapValues(load, (scenarios, key) => {
    if (key !== 'scenarios' || scenarios.type !== 'map') return substituteIn(scenarios, NONE, to);
    return mapValues(scenarios, (scenario, name) => {
      if (scenario.type !== 'map') return substituteIn(scenario, NONE, to);
      const names = new Set([...namesOf(scenario), ...namesOf(at(base, 'scenarios', name))]);
      return mapValues(scenario, (value, part) => substituteIn(value, FILLED_PARTS.has(part) ? names : NONE, to));
    });
  });
}

/** The tree with every variable put in; unset ones are reported, values of secrets collected. */
export function substitute(root: MapNode, to: Substitution): MapNode {
  const load = at(root, 'load');
  return mapValues(root, (node, key) => {
    if (key === 'load') return substituteLoad(node, undefined, to);
    if (key !== 'variants' || node.type !== 'map') return substituteIn(node, NONE, to);
    return mapValues(node, (variant) =>
      variant.type === 'map'
        ? mapValues(variant, (value, part) => (part === 'load' ? substituteLoad(value, load, to) : substituteIn(value, NONE, to)))
        : substituteIn(variant, NONE, to),
    );
  });
}
