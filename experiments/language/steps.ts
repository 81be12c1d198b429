/** The method's steps: faults, which break something, and gates, which ask the people something. */
import { z } from 'zod';
import { type Duration, duration } from './duration.ts';
import { name, targetName } from './names.ts';

const stepBase = {
  at: duration.describe('When, from the start of the run.'),
  name: name.optional().describe('Its name in the journal; default the kind, numbered when there are several.'),
};

/** The keys of every fault step, whatever its kind. */
export const faultBase = {
  ...stepBase,
  target: targetName,
  duration: duration.optional().describe('How long it lasts, from its proof. Required unless the fault heals by itself.'),
  consent: z.enum(['undone-by-runner', 'not-undone']).optional().describe('Accepts a fault that the agent cannot undo.'),
  'on-recreate': z
    .enum(['follow', 'stop'])
    .default('follow')
    .describe('When a target restarts or is made anew meanwhile: do it there once more, or stop the run; default follow.'),
  irreversible: z.literal('accept').optional().describe('Accepts the loss of data that cannot be rebuilt.'),
};

export const gate = z
  .strictObject({ ...stepBase, gate: z.string().min(1).describe('The question to ask.') })
  .meta({ id: 'gate', description: 'A question to the people; recorded and passed over unless asked for with --gates.' });

/** A step that breaks something. `settings` are the kind's own keys as written; the fault parses them itself. */
export interface FaultStep {
  readonly type: 'fault';
  readonly at: Duration;
  readonly name: string;
  readonly fault: string;
  /** The composite in the file that it is a part of. */
  readonly composite?: string | undefined;
  readonly target: string;
  readonly duration?: Duration | undefined;
  readonly consent?: 'undone-by-runner' | 'not-undone' | undefined;
  readonly irreversible?: 'accept' | undefined;
  readonly onRecreate?: 'follow' | 'stop' | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A question to the people; recorded and passed over unless asked for with --gates. */
export interface GateStep {
  readonly type: 'gate';
  readonly at: Duration;
  readonly name: string;
  readonly gate: string;
}
