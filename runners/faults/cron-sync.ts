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
  provenBy: 'each job’s shell says that it becomes the command',
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

/** Proven when every job has begun, or its shell waits for a turn that has not come; in a long window that may be all of them. */
function judgeStarts(results: readonly OperationResult[]): Proof {
  const every = judgeEvery(results, { started: 'sum', pending: 'sum' });
  if (!every.proven) return every;
  const pending = every.facts['pending'] ?? 0;
  const waiting = pending === 0 ? '' : `${pending} wait for their turn`;
  const startsNs = results.filter((result) => result.facts?.['started'] === 1).map((result) => BigInt(result.atNs));
  const [any] = startsNs;
  if (any === undefined) return { ...every, evidence: waiting };
  const first = startsNs.reduce((least, each) => (each < least ? each : least), any);
  const last = startsNs.reduce((most, each) => (each > most ? each : most), any);
  const startSpreadMs = Number(last - first) / 1e6;
  const evidence = [`${startsNs.length} jobs began within ${startSpreadMs.toFixed(1)} ms`, ...(waiting === '' ? [] : [waiting])].join(', ');
  return { proven: true, evidence, facts: { ...every.facts, startSpreadMs } };
}
