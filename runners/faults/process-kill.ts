/** A process that dies inside its container: a worker, not the first process, whose end would be the container's. */
import { z } from 'zod';
import { duration, formatMs } from '../../experiments/language/duration.ts';
import { pick as pickSetting } from '../../experiments/language/target.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';
import { signalSetting } from './signal-setting.ts';

const RESPAWN_WITHIN_MS_MAX = 60_000;

const settings = z.strictObject({
  process: z.string().min(1).max(255).optional().describe('The process’s name, or the last part of the path of its program.'),
  pattern: z
    .string()
    .min(1)
    .max(500)
    .refine(isExpression, { error: 'is not a regular expression' })
    .optional()
    .describe('Instead of `process`: a regular expression that its command line matches.'),
  signal: signalSetting('The signal; the fault is proven by the end of the processes.'),
  pick: pickSetting.prefault('all').describe('How many of those that match in each target: a number, a share like 30%, or all.'),
  back: z
    .enum(['respawn', 'restart'])
    .default('respawn')
    .describe('`respawn`: something inside the target starts them anew; `restart`: nothing does, and the undo restarts the target.'),
  'respawn-within': duration
    .refine(({ ms }) => ms <= RESPAWN_WITHIN_MS_MAX, { error: 'is too long; it is 1m at most' })
    .default({ ms: 5_000 })
    .describe('How long the undo waits for them to be started anew, before it restarts the target all the same. 1m at most.'),
});

export const processKill = defineFault({
  name: 'process-kill',
  summary: 'Kills single processes inside its targets by name, never the first one; undone by whoever starts them anew, else by a restart.',
  provenBy: 'the kernel: these very processes live no more',
  settings,
  looks: { label: 'process killed', colour: '#a04000', lane: 'container' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, { targets, seed }) {
    const { process: name, pattern, signal } = asked;
    if ((name === undefined) === (pattern === undefined)) throw namedOnce();
    const choice = { ...(name === undefined ? {} : { name }), ...(pattern === undefined ? {} : { pattern }), pick: asked.pick, seed };
    const respawnWithinMs = asked.back === 'respawn' ? asked['respawn-within'].ms : 0;
    const undone =
      respawnWithinMs === 0 ? 'it is restarted at the end' : `restarted unless they are back within ${formatMs(respawnWithinMs)}`;
    return {
      operations: targets.map((target) => ({ op: 'process-kill', container: reference(target), choice, signal, respawnWithinMs })),
      effects: targets.map((target) => `${target.name}: ${wordsOf(asked.pick)} ${name ?? `/${pattern}/`} killed by ${signal}; ${undone}`),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { killed: 'sum' }),
});

function wordsOf(pick: z.output<typeof settings>['pick']): string {
  if (pick === 'all') return 'all processes';
  return 'count' in pick ? `${pick.count} processes` : `${Math.round(pick.share * 100)}% of the processes`;
}

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

function namedOnce(): FiredrillError {
  return new FiredrillError('process-unnamed', 'A process-kill needs a process or a pattern, and not both.', {
    hint: 'Write for example: process: worker',
    exitCode: EXIT.experimentWrong,
  });
}
