/** Checks of objectives: that they say something, about a fault that there is, on a clock that there is. */
import { at, type Entry, entriesOf, itemsOf, type Node, textOf } from '../tree.ts';
import { type CheckContext, checkName } from './context.ts';

/** Clauses that say when `good` has to be so. */
const CLAUSES_OF_GOOD = ['throughout', 'mitigated-within', 'recovered-within', 'budget'] as const;
/** Clauses on something else than `good`: the system's own signal, the steady state. */
const CLAUSES_OF_OTHERS = ['detected-within', 'steady-within'] as const;
/** Clauses with a condition of their own. */
const CLAUSES = ['during', 'since', 'after'] as const;

function checkClauses(context: CheckContext, name: string, { node, key }: Entry): void {
  const ofGood = CLAUSES_OF_GOOD.filter((clause) => at(node, clause) !== undefined);
  const others = [...CLAUSES_OF_OTHERS, ...CLAUSES].filter((clause) => at(node, clause) !== undefined);
  const good = at(node, 'good');
  if (ofGood.length > 0 && !good) {
    context.report(
      'missing-key',
      `objective '${name}' has ${ofGood.join(', ')}, but not what 'good' is`,
      key,
      'add good: {load: …, threshold: …}',
    );
  }
  if (ofGood.length === 0 && others.length === 0) {
    const clauses = [...CLAUSES_OF_GOOD, ...CLAUSES_OF_OTHERS, ...CLAUSES].join(', ');
    context.report('missing-key', `objective '${name}' does not say when it has to be so`, key, `add one of: ${clauses}`);
  }
  const budget = at(node, 'budget');
  if (budget && good && at(good, 'load') === undefined && at(good, 'burn') === undefined) {
    context.report(
      'wrong-value',
      'a budget counts requests: it needs a good that is about the load',
      budget.span,
      'write good: {load: …, threshold: …}',
    );
  }
}

/** What a clause is about has to be there too. */
function checkNeeds(context: CheckContext, name: string, { node }: Entry): void {
  const detected = at(node, 'detected-within');
  if (detected && !at(node, 'detected-by')) {
    const message = `objective '${name}' has detected-within, but not by what the system shows that it noticed`;
    context.report('missing-key', message, detected.span, 'add detected-by: {reading: …, tolerance: …}');
  }
  const steady = at(node, 'steady-within');
  if (steady && itemsOf(at(context.root, 'steady-state-hypothesis')).length === 0) {
    const message = `objective '${name}' has steady-within, and the experiment has no steady-state-hypothesis`;
    context.report('missing-key', message, steady.span, 'add steady-state-hypothesis: [{load: …, threshold: …}]');
  }
}

function checkFault(context: CheckContext, node: Node, key: Entry['key']): void {
  const faults = context.faultNames;
  checkName(context, 'unknown-fault', 'fault in the method called', at(node, 'fault'), faults);
  const clocked = [...CLAUSES_OF_GOOD, ...CLAUSES_OF_OTHERS, ...CLAUSES].filter(
    (clause) => clause !== 'budget' && at(node, clause) !== undefined,
  );
  if (faults.length === 0 && clocked.length > 0 && textOf(at(node, 'fault')) === undefined) {
    context.report(
      'unknown-fault',
      `${clocked.join(', ')} count${clocked.length === 1 ? 's' : ''} from a fault, and the method has none`,
      key,
    );
  }
}

/** Checks every objective. */
export function checkObjectives(context: CheckContext): void {
  for (const [name, entry] of entriesOf(at(context.root, 'objectives'))) {
    if (entry.node.type !== 'map') continue;
    checkClauses(context, name, entry);
    checkNeeds(context, name, entry);
    checkFault(context, entry.node, entry.key);
  }
}
