/** Checks of the method: targets, durations, consent, names, and that everything happens while there is something to see. */
import { formatMs } from '../duration.ts';
import type { Kind } from '../kind.ts';
import { namesTarget } from '../names.ts';
import { ownSettings } from '../normalise.ts';
import { at, entriesOf, itemsOf, keySpan, keysOf, type Node, textOf, toRecord } from '../tree.ts';
import { type CheckContext, checkMisfits, checkName } from './context.ts';
import { msOf, scenarioEndMs } from './durations.ts';

/** Default of limits.max-duration. */
const RUN_LENGTH_MS_MAX = 1_800_000;

const CONSENT = { runner: 'undone-by-runner', none: 'not-undone' } as const;

function stepsOf(context: CheckContext): readonly Node[] {
  return itemsOf(at(context.root, 'method'));
}

function checkTargets(context: CheckContext, step: Node, kind: Kind | undefined): void {
  const targets = keysOf(at(context.root, 'targets'));
  const settings = Object.entries(kind?.settings.shape ?? {}).filter(([, schema]) => namesTarget(schema));
  for (const key of ['target', ...settings.map(([key]) => key)]) checkName(context, 'unknown-target', 'target', at(step, key), targets);
}

function checkKind(context: CheckContext, step: Node, kind: Kind): void {
  const marker = at(step, 'fault');
  if (marker === undefined) return;
  if (kind.lasting === true && at(step, 'duration') === undefined) {
    context.report('missing-key', `fault '${kind.name}' lasts: it needs a duration`, marker.span, 'add duration: 30s');
  }
  const wanted = kind.undoneBy === 'runner' || kind.undoneBy === 'none' ? CONSENT[kind.undoneBy] : undefined;
  if (wanted !== undefined && textOf(at(step, 'consent')) !== wanted) {
    const who = kind.undoneBy === 'runner' ? 'is undone by the runner alone' : 'cannot be undone';
    context.report('consent-missing', `fault '${kind.name}' ${who}: it needs the file's consent`, marker.span, `add consent: ${wanted}`);
  }
}

function checkEnd(context: CheckContext, step: Node): void {
  const atMs = msOf(at(step, 'at'));
  const durationMs = at(step, 'duration') === undefined ? 0 : msOf(at(step, 'duration'));
  const place = at(step, 'duration') ?? at(step, 'at');
  if (atMs === undefined || durationMs === undefined || place === undefined) return;
  const endMs = atMs + durationMs;
  const what = at(step, 'fault') === undefined ? 'the gate comes' : 'the fault ends';
  const limit = at(context.root, 'limits', 'max-duration');
  const limitMs = limit === undefined ? RUN_LENGTH_MS_MAX : (msOf(limit) ?? endMs);
  if (endMs > limitMs) {
    context.report(
      'too-late',
      `${what} at ${formatMs(endMs)}, after limits.max-duration (${formatMs(limitMs)})`,
      place.span,
      'make it earlier or shorter, or raise limits: {max-duration: …}',
    );
  }
  const loadMs = context.loadEndMs;
  if (at(step, 'fault') !== undefined && loadMs !== undefined && endMs > loadMs) {
    context.report(
      'too-late',
      `${what} at ${formatMs(endMs)}, after the last scenario of the load (${formatMs(loadMs)})`,
      place.span,
      'make the load longer, so that recovery is seen',
    );
  }
}

function checkScenarioEnds(context: CheckContext): void {
  const limit = at(context.root, 'limits', 'max-duration');
  const limitMs = limit === undefined ? RUN_LENGTH_MS_MAX : msOf(limit);
  for (const [name, { node, key }] of entriesOf(at(context.root, 'load', 'scenarios'))) {
    const endMs = scenarioEndMs(node);
    if (endMs === undefined || limitMs === undefined || endMs <= limitMs) continue;
    const place = at(node, 'duration') ?? at(node, 'stages');
    context.report(
      'too-late',
      `scenario '${name}' ends at ${formatMs(endMs)}, after limits.max-duration (${formatMs(limitMs)})`,
      place?.span ?? key,
    );
  }
}

function checkNamesOnce(context: CheckContext): void {
  const seen = new Set<string>();
  for (const step of stepsOf(context)) {
    const node = at(step, 'name');
    const name = textOf(node);
    if (node === undefined || name === undefined) continue;
    if (seen.has(name)) context.report('duplicate-name', `two steps are named '${name}'`, node.span, 'give each step a name of its own');
    seen.add(name);
  }
}

/** Checks every step of the method. */
export function checkMethod(context: CheckContext): void {
  for (const step of stepsOf(context)) {
    const kind = context.kinds.faults.find(({ name }) => name === textOf(at(step, 'fault')));
    checkTargets(context, step, kind);
    if (kind) checkKind(context, step, kind);
    checkEnd(context, step);
  }
  checkScenarioEnds(context);
  checkNamesOnce(context);
}

/** What is wrong with a probe that has no target; undefined where it needs none. */
function missingTarget(context: CheckContext, node: Node, { name, needsTarget, ...kind }: Kind): string | undefined {
  if (needsTarget === true) return `probe '${name}' looks at containers: it needs a target`;
  if (typeof needsTarget !== 'function') return undefined;
  const written = ownSettings(toRecord(node, context.flipped), [{ name, ...kind }], name);
  return needsTarget(written) ? `probe '${name}' is told nowhere to look: it needs a target or an address` : undefined;
}

/** Checks that probes aim at targets that there are, and have one where they need one. */
export function checkProbe(context: CheckContext, node: Node): void {
  const kind = context.kinds.probes.find(({ name }) => name === textOf(at(node, 'probe')));
  checkTargets(context, node, kind);
  if (!kind) return;
  const place = at(node, 'probe')?.span ?? keySpan(node, 'probe') ?? node.span;
  checkMisfits(context, node, kind, place);
  const missing = at(node, 'target') === undefined ? missingTarget(context, node, kind) : undefined;
  if (missing !== undefined) context.report('missing-key', missing, place, 'add target: with a name from targets');
}
