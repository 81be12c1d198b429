/** Objectives: when the system is good, and when it has to be. */
import { z } from 'zod';
import { condition } from './condition.ts';
import { duration } from './duration.ts';
import { budget } from './error-budget.ts';
import { name } from './names.ts';

/** The schema of an objective over a schema of conditions (with inline probes as written, without them as parsed). */
export function objectiveOf<Condition extends z.ZodType>(condition: Condition) {
  return z.strictObject({
    description: z.string().optional(),
    fault: name.optional().describe('Whose clock counts; default the first fault of the method.'),
    good: condition.optional().describe('When the system is good; the clauses below say when it has to be.'),
    throughout: z.boolean().optional().describe('Good from the first fault to the end of the watch.'),
    'detected-by': condition.optional().describe("The system's own signal of the outage: a health check, an alert, a breaker."),
    'detected-within': duration.optional().describe("That signal given, this long after the fault's proof at the latest."),
    'mitigated-within': duration.optional().describe('Good again while the fault lasts, this long after its proof at the latest.'),
    'recovered-within': duration.optional().describe('Good for good, this long after the fault is gone at the latest.'),
    'steady-within': duration
      .optional()
      .describe('The steady-state hypothesis true for good, this long after the fault is gone at the latest.'),
    budget: budget
      .optional()
      .describe(
        "Failed share of this indicator's requests (of a probe: of its looks) over the whole run, or the share of a period's error budget that the run used.",
      ),
    during: condition.optional().describe('One judgement over the time from mitigation (or proof, without mitigated-within) to undo.'),
    since: condition.optional().describe('One judgement over the time from proof to the end of the watch.'),
    after: z
      .strictObject({ within: duration, condition: z.nonoptional(condition) })
      .optional()
      .describe('One judgement over the time from `within` after undo to the end.'),
  });
}

export const objective = objectiveOf(condition);
export type Objective = z.output<typeof objective>;
