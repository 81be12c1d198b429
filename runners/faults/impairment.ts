/** What the faults share that impair the packets of a channel: their settings, and the operations that they come to. */
import { z } from 'zod';
import type { Effect } from '../agent/impairment.ts';
import { type AskedChannel, channelOf } from './channel-settings.ts';
import type { FaultContext, FaultPlan } from './fault.ts';
import { reference } from './reference.ts';

const BYTES_PER_MIB = 1024 * 1024;

export const mechanismSetting = z
  .enum(['auto', 'nfqueue', 'netem'])
  .default('auto')
  .describe(
    'What does it: `nfqueue` works on what is received too, and leaves queueing disciplines alone; `netem` is for hosts without it; `auto`: the first that the host has.',
  );

export const bufferSetting = z
  .number()
  .min(1)
  .max(1024)
  .default(64)
  .describe('Most that is held back on a target, in MiB: its traffic in bytes a second times the delay. Beyond it packets go early.');

export function bytesOf(mebibytes: number): number {
  return mebibytes * BYTES_PER_MIB;
}

const WAYS = { both: 'sends and receives', in: 'receives', out: 'sends' } as const;

export interface AskedImpairment extends AskedChannel {
  readonly mechanism: 'auto' | 'nfqueue' | 'netem';
}

/** One operation a target; `how` ends the sentence `what it sends …` (`is 500ms late`). */
export function planImpairment(asked: AskedImpairment, context: FaultContext, effect: Effect, how: string): FaultPlan {
  const { channel, others, where } = channelOf(asked, context);
  return {
    operations: context.targets.map((target) => ({
      op: 'impair',
      container: reference(target),
      channel,
      effect,
      mechanism: asked.mechanism,
    })),
    effects: context.targets.map((target) => `${target.name}: what it ${WAYS[asked.direction]}${where} ${how}`),
    ...(others.length === 0 ? {} : { alsoTouched: others }),
  };
}
