/**
 * An unmodified k6 script as JavaScript that runs on Node: bundled, its blocking calls awaited, the functions around them
 * async. What cannot be made so is said with its place, and the script then runs on the synchronous path, unchanged.
 *
 *     script ─ esbuild ─▶ module ─ acorn ─▶ what flows where ─▶ what blocks ─ magic-string ─▶ body of a factory
 */
import { type AnyNode, parse } from 'acorn';
import { EXIT, FiredrillError } from '../../../failure.ts';
import { exportOf, isK6Module, moduleOf } from '../surface.ts';
import { findBlocking, type Obstacle } from './blocking.ts';
import { type Bundle, bundleScript } from './bundle.ts';
import { writeFactory } from './edits.ts';
import { follow } from './flow/follow.ts';
import type { UseSite, World } from './flow/world.ts';
import { BundlePositions, type ScriptMap, type SourcePlace } from './positions.ts';
import { resolveScopes } from './scopes.ts';

/** `transform`: async, on Node. `quickjs`: as it is, in an interpreter that can stand still in a call. */
export type ScriptPath = 'transform' | 'quickjs';

/** Something in the script that stands in the way, at its place in the author's file. */
export interface Finding extends SourcePlace {
  readonly reason: string;
}

/** A name of k6's that the script uses; `name` is undefined where the module as a whole is meant. */
export interface Use extends SourcePlace {
  readonly module: string;
  readonly name: string | undefined;
}

export interface TransformedScript {
  readonly entry: string;
  /** The body of a factory that returns what the script exports. Awaited calls only on the path `transform`. */
  readonly code: string;
  /** The factory's parameters: modules, globals, two helpers, and names that are hidden by giving them nothing. */
  readonly parameters: readonly string[];
  readonly map: ScriptMap;
  readonly path: ScriptPath;
  /** Nothing in it is asynchronous by the author's own doing: no promise, no timer, no await. */
  readonly synchronous: boolean;
  readonly uses: readonly Use[];
  /** Why it is not the path `transform`. */
  readonly obstacles: readonly Finding[];
  /** What neither path can do. */
  readonly unsupported: readonly Finding[];
  /** Files that went in, absolute. */
  readonly files: readonly string[];
}

export interface TransformOptions {
  /** Takes this path whatever the script holds: `quickjs` gives the code that awaits nothing. */
  readonly path?: ScriptPath;
}

/** Throws `script-missing`, `script-wrong` with every problem's place, or `script-not-transformable` where the path was asked for. */
export async function transformScript(entry: string, options: TransformOptions = {}): Promise<TransformedScript> {
  return rewriteBundle(await bundleScript(entry), options);
}

/** Pure: the same bundle gives the same script. */
export function rewriteBundle(bundle: Bundle, options: TransformOptions = {}): TransformedScript {
  const { entry } = bundle;
  const positions = new BundlePositions(entry, bundle.map, bundle.code);
  const program = parse(bundle.code, { ecmaVersion: 'latest', sourceType: 'module' });
  const { world, complete } = follow(program, bundle.code, resolveScopes(program));
  const blocking = findBlocking(world);
  const place = ({ node, reason }: Obstacle): Finding => ({ ...positions.at(node.start), reason });
  const obstacles = [...(complete ? [] : [tooLarge(program)]), ...blocking.obstacles, ...programObstacles(world)].map(place);
  const path = options.path ?? (obstacles.length > 0 ? 'quickjs' : 'transform');
  if (path === 'transform' && obstacles.length > 0) throw notTransformable(entry, obstacles);
  const factory = writeFactory(bundle, program, world, path === 'transform' ? blocking : undefined);
  return {
    entry,
    code: factory.code,
    parameters: factory.parameters,
    map: { entry, edits: factory.map, bundle: bundle.map },
    path,
    synchronous: isSynchronous(world),
    uses: distinct(world.uses.filter(isUseOfK6).map(({ module, name, node }) => ({ ...positions.at(node.start), module, name }))),
    obstacles,
    unsupported: distinct([...unsupportedUses(world), ...dynamicImports(world)].map(place)),
    files: bundle.files,
  };
}

function isUseOfK6({ module }: UseSite): boolean {
  return isK6Module(module);
}

const ASYNCHRONOUS_GLOBALS = new Set(['Promise', 'queueMicrotask', 'setInterval', 'setTimeout']);

function isSynchronous({ places, scopes, uses, calls }: World): boolean {
  return !(
    places.some(({ declaredAsync }) => declaredAsync) ||
    scopes.free.some(({ name }) => ASYNCHRONOUS_GLOBALS.has(name)) ||
    uses.some(({ module, name }) => module === 'k6/timers' || module === 'k6/ws' || name === 'asyncRequest') ||
    calls.some(({ method }) => method === 'then')
  );
}

/** Code that is only known when it runs cannot be rewritten before. */
function programObstacles(world: World): Obstacle[] {
  const evals = world.scopes.free.filter(({ name }) => name === 'eval');
  const functions = world.calls.filter(({ root, method, form }) => root === 'Function' && (form === 'new' || method === undefined));
  return [
    ...evals.map((node) => ({ node, reason: 'Code in text (eval) is only known when it runs.' })),
    ...functions.map(({ node }) => ({ node, reason: 'Code in text (Function) is only known when it runs.' })),
  ];
}

function tooLarge(node: AnyNode): Obstacle {
  return { node, reason: 'The script is too large to follow its values.' };
}

function unsupportedUses(world: World): Obstacle[] {
  return world.uses.filter(isUseOfK6).flatMap(({ module, name, node }) => {
    if (name === undefined) {
      const found = moduleOf(module);
      return 'unsupported' in found ? [{ node, reason: `${module}: ${found.unsupported}` }] : [];
    }
    const found = exportOf(module, name);
    return 'unsupported' in found && !('unsupported' in moduleOf(module)) ? [{ node, reason: found.unsupported }] : [];
  });
}

function dynamicImports(world: World): Obstacle[] {
  return world.dynamicImports.map((node) => ({ node, reason: 'import() is not carried; import at the top of the file.' }));
}

/** One for each place and text, in the order of the files. */
function distinct<One extends SourcePlace>(all: readonly One[]): One[] {
  const known = new Map(all.map((one) => [JSON.stringify({ ...one, column: 0 }), one]));
  return [...known.values()].sort(
    (left, right) => left.file.localeCompare(right.file) || left.line - right.line || left.column - right.column,
  );
}

function notTransformable(entry: string, obstacles: readonly Finding[]): FiredrillError {
  const lines = obstacles.map(({ file, line, column, reason }) => `${file}:${line}:${column}: ${reason}`);
  return new FiredrillError('script-not-transformable', `The script ${entry} cannot be made async:\n${lines.join('\n')}`, {
    hint: 'Leave the choice of the path to firedrill, which then runs it as it is.',
    exitCode: EXIT.experimentWrong,
  });
}
