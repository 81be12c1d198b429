/** Probes as an experiment holds them: each with a name and an interval, wherever in the file it was written. */
import { type Duration, duration } from './duration.ts';
import { targetName } from './names.ts';

/** The keys of every probe, whatever its kind. */
export const probeBase = {
  target: targetName.optional().describe('The name of a target; the probe looks at each of its containers.'),
  every: duration.optional().describe('Interval; default 1s.'),
  timeout: duration.optional().describe('Limit for one look; default 5s or the interval, whichever is longer.'),
};

/** A probe with its interval; `settings` are the kind's own keys as written. Inline probes are named after their kind. */
export interface NamedProbe {
  readonly name: string;
  readonly probe: string;
  readonly target?: string | undefined;
  readonly every: Duration;
  readonly timeout: Duration;
  readonly settings: Readonly<Record<string, unknown>>;
}
