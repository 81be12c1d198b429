/** Midnight: every worker starts the same job at the same instant. */
import type { Composite } from '../../../experiments/language/composite.ts';

export const synchronizedCron: Composite = {
  name: 'synchronized-cron',
  summary: 'The same job starts in all targets at the same instant.',
  parameters: {
    command: { of: ['cron-sync', 'command'] },
    within: { of: ['cron-sync', 'within'] },
  },
  parts: [{ name: 'jobs', fault: 'cron-sync', settings: { command: { parameter: 'command' }, within: { parameter: 'within' } } }],
};
