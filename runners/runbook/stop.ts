/** Why a run is to stop early. */
import type { EventOf } from '../journal/events.ts';

export type Stop = Omit<EventOf<'stop'>, 'type' | 'atMs' | 'wall'>;
