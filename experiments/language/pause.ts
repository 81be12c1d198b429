/** Pauses of virtual users: of one length, or of a length that is drawn evenly between two. */
import { z } from 'zod';
import { byMarker } from './choice.ts';
import { duration, formatMs } from './duration.ts';

/** Lengths in ms; both ends are the same where nothing is drawn. */
export interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

export const NO_PAUSE: Pause = { fromMs: 0, toMs: 0 };

const between = z.strictObject({
  between: z
    .tuple([duration, duration])
    .refine(([shortest, longest]) => shortest.ms <= longest.ms, { error: 'needs the shorter one first; write [1s, 3s]' })
    .describe('The shortest and the longest.'),
});

const fixed = duration.transform(({ ms }): Pause => ({ fromMs: ms, toMs: ms }));
const drawn = between.transform(({ between: [{ ms: fromMs }, { ms: toMs }] }): Pause => ({ fromMs, toMs }));

/** `2s`, or `{between: [1s, 3s]}`. */
export const pause = byMarker(
  'a pause',
  { between },
  z.union([fixed, drawn]).meta({ id: 'pause', description: 'How long to pause: 2s, or {between: [1s, 3s]}.' }),
  duration,
);

/** `, pausing 2s`; nothing where there is no pause. */
export function pauseText({ fromMs, toMs }: Pause): string {
  if (toMs === 0) return '';
  return fromMs === toMs ? `, pausing ${formatMs(fromMs)}` : `, pausing ${formatMs(fromMs)} to ${formatMs(toMs)}`;
}
