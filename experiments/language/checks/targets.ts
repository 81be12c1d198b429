/** Checks of targets and variants that a schema of single values cannot make. */
import { at, entriesOf, keySpan, keysOf } from '../tree.ts';
import { type CheckContext, checkName } from './context.ts';

/** A selector without a line that must hold would select every container there is. */
export function checkTargets(context: CheckContext): void {
  const engines = keysOf(at(context.root, 'engines'));
  for (const [name, { node, key }] of entriesOf(at(context.root, 'targets'))) {
    const lines = entriesOf(node).filter(
      ([line, entry]) => line !== 'pick' && line !== 'engine' && (entry.node.type !== 'map' || entry.node.entries.size > 0),
    );
    checkName(context, 'unknown-engine', 'engine', at(node, 'engine'), engines);
    if (node.type === 'map' && lines.length === 0) {
      context.report(
        'empty-target',
        `target '${name}' selects everything`,
        key,
        'add labels, service, project, swarm-service, name or image',
      );
    }
  }
}

/** The environment of a variant is the system's, so there has to be one. */
export function checkVariants(context: CheckContext): void {
  if (at(context.root, 'system') !== undefined) return;
  for (const [name, { node, key }] of entriesOf(at(context.root, 'variants'))) {
    const span = keySpan(node, 'environment');
    if (span)
      context.report(
        'missing-key',
        `variant '${name}' sets the environment of a system, and the experiment names none`,
        span ?? key,
        'add system: compose.yaml',
      );
  }
}
