/** A stampede by the clock: the same job starts on all targets at the same instant, or, with a window, spread over it. */
import { z } from 'zod';
import { duration, formatMs } from '../../experiments/language/duration.ts';
import type { OperationResult } from '../agent/protocol.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault, type Proof } from './fault.ts';
import { reference } from './reference.ts';
import { fractionOf } from './seeded.ts';

const WITHIN_MS_MAX = 3_600_000;

const settings = z.strictObject({
  command: z.array(z.string()).min(1).max(256).describe('The job: a program in the container and its arguments. The container needs `sh`.'),
  within: duration
    .refine(({ ms }) => ms <= WITHIN_MS_MAX, { error: 'is too long; a window is 1h at most' })
    .default({ ms: 0 })
    .describe('Starts are spread over this window by the run’s seed, evenly; without it all start together.'),
  timeout: duration.default({ ms: 60_000 }).describe('How long a job’s exit code is waited for at the end.'),
});

export const cronSync = defineFault({
  name: 'cron-sync',
  summary: 'Starts the same job in all its targets at the same instant, or within a window. What a job did is not undone.',
  settings,
  looks: { label: 'jobs start', colour: '#117864', lane: 'application' },
  undoneBy: 'none',
  lasting: false,
  plan: ({ command, within, timeout }, { targets, seed }) => ({
    operations: targets.map((target) => ({
      op: 'command',
      container: reference(target),
      command,
      delayMs: Math.round(within.ms * fractionOf(seed, target.name)),
      timeoutMs: timeout.ms,
    })),
    effects: targets.map((target) => `${target.name}: ${command.join(' ')}${within.ms === 0 ? '' : `, within ${formatMs(within.ms)}`}`),
  }),
  judgeProof: (_settings, results) => judgeStarts(results),
});

/** Proven when no start failed and the first job runs; those whose turn has not come are counted as pending. */
function judgeStarts(results: readonly OperationResult[]): Proof {
  const every = judgeEvery(results, { started: 'sum', pending: 'sum' });
  const startsNs = results.filter((result) => result.facts?.['started'] === 1).map((result) => BigInt(result.atNs));
  if (!every.proven || startsNs.length === 0) return { ...every, proven: false };
  const first = startsNs.reduce((least, each) => (each < least ? each : least));
  const last = startsNs.reduce((most, each) => (each > most ? each : most));
  const startSpreadMs = Number(last - first) / 1e6;
  const pending = every.facts['pending'] ?? 0;
  return {
    proven: true,
    evidence: `${startsNs.length} jobs began within ${startSpreadMs.toFixed(1)} ms${pending === 0 ? '' : `, ${pending} wait for their turn`}`,
    facts: { ...every.facts, startSpreadMs },
  };
}
