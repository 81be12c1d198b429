/** The signal that a fault sends, by name. */
import { z } from 'zod';
import { signalProblem } from '../agent/signals.ts';

export function signalSetting(description: string) {
  return z
    .string()
    .superRefine((name, context) => {
      const problem = signalProblem(name);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .default('SIGKILL')
    .describe(description);
}
