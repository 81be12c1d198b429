/** Whatever no other fault does: a zx script of your own, and the script that undoes it, both run on the machine of the run. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { duration } from '../../experiments/language/duration.ts';
import type { ScriptCall } from '../agent/operations/script.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const TIMEOUT_MS_MAX = 300_000;
const SCRIPT = /\.(mjs|js|mts|ts)$/;

const path = z.string().regex(SCRIPT, { error: 'is no zx script; its name ends with .mjs, .js, .mts or .ts' });
const args = z.array(z.string().max(4096)).max(64).default([]);

const settings = z.strictObject({
  run: path.describe('The script, from the folder of the experiment. It ends with 0 when it has done its work.'),
  args: args.describe('Its arguments, handed over as they are, through no shell. Secrets belong into its environment.'),
  undo: path.describe('The script that undoes it. It may be run more than once, and after a run that was cut short.'),
  'undo-args': args.describe('The arguments of `undo`.'),
  prove: path
    .optional()
    .describe(
      'A script, given the arguments of `run`, that ends with 0 while the effect is there. Without it, that `run` ended with 0 is the proof.',
    ),
  timeout: duration
    .refine(({ ms }) => ms >= 100 && ms <= TIMEOUT_MS_MAX, { error: 'is out of range; a timeout is between 100ms and 5m' })
    .default({ ms: 30_000 })
    .describe('Each of them is ended, with all that it started, when it takes longer; 5m at most.'),
});

export const script = defineFault({
  name: 'script',
  summary:
    'Runs a zx script of your own for each target, on the machine of the run, and its counterpart to undo it. With that machine dead, `firedrill sweep` there undoes it.',
  provenBy: 'the script’s exit code, and what its own proof command says where there is one',
  settings,
  looks: { label: 'script', colour: '#4d5656', lane: 'application' },
  undoneBy: 'runner',
  lasting: true,
  plan(asked, { targets, folder = '.' }) {
    const call = (file: string, given: readonly string[]): ScriptCall => ({
      path: resolve(folder, file),
      args: given,
      timeoutMs: asked.timeout.ms,
    });
    const { prove } = asked;
    return {
      operations: targets.map((target) => ({
        op: 'script',
        container: reference(target),
        run: call(asked.run, asked.args),
        undo: call(asked.undo, asked['undo-args']),
        ...(prove === undefined ? {} : { prove: call(prove, asked.args) }),
      })),
      effects: targets.map((target) => `${target.name}: what ${asked.run} does, undone by ${asked.undo} on this machine`),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results),
});
