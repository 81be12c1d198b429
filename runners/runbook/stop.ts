/** Why a run is to stop early. */
import { z } from 'zod';
import type { EventOf } from '../journal/events.ts';

export type Stop = Omit<EventOf<'stop'>, 'type' | 'atMs' | 'wall'>;

const byPerson = z.object({ because: z.enum(['signal', 'emergency']), detail: z.string() });

/** What an abort signal's reason says of the person or program that stopped the run. */
export function stopOf({ reason }: AbortSignal): Stop {
  return byPerson.catch({ because: 'signal', detail: 'stopped by a person' }).parse(reason);
}
