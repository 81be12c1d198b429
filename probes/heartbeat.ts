/**
 * Whether something still beats: looks with another probe at a counter, a stamp or a log, and tells by its changes whether it
 * is alive, suspected or dead. A look that cannot look says nothing about the beat, so it is unknown and no silence.
 */
import { z } from 'zod';
import { byKind } from '../experiments/language/choice.ts';
import { duration, formatMs } from '../experiments/language/duration.ts';
import { command } from './command.ts';
import { lookFailed } from './failure-reading.ts';
import { afterLook, deadAfterMs, type HeartbeatLimits, lifeOf, NOTHING_SEEN, silenceMs } from './heartbeat-state.ts';
import { http } from './http.ts';
import { log } from './log.ts';
import { defineProbe, type LookContext, type OpenProbe, type Probe, type Reading } from './probe.ts';
import { redis } from './redis.ts';
import { sql } from './sql.ts';

/** Probes that can tell a beat, by name. */
const BEATING: Readonly<Record<string, Probe>> = { redis, http, command, sql, log };

const branches = Object.fromEntries(
  Object.values(BEATING).map((kind) => [
    kind.name,
    z
      .strictObject({ probe: z.literal(kind.name), ...kind.settings.shape })
      .meta({ id: `heartbeat-of-${kind.name}`, description: kind.summary }),
  ]),
);
const ofProbe = byKind(
  'probe',
  'probe that tells a beat',
  branches,
  z.object({}),
  z.union(Object.values(branches)).meta({ id: 'heartbeat-of' }),
);

const settings = z.strictObject({
  of: ofProbe.describe(
    'What tells the beat: redis, http, command, sql or log with its own settings. Each change of its reading is a beat: {probe: redis, command: [GET, beat]}.',
  ),
  interval: duration.describe('How often it beats.'),
  misses: z.int().min(1).max(100).default(3).describe('Dead after so many intervals without a beat, and the margin.'),
  margin: duration.optional().describe('What a beat may be late; default one interval.'),
  read: z
    .enum(['state', 'silence'])
    .default('state')
    .describe('state: alive, suspected (a beat is overdue) or dead; silence: ms since the last beat that was seen.'),
});
type Settings = z.output<typeof settings>;

const inner = z.looseObject({ probe: z.string() });

/** Whether the probe that tells the beat looks at containers; of settings as they are written. */
function beatNeedsTarget(of: unknown): boolean {
  const { data } = inner.safeParse(of);
  const needed = BEATING[data?.probe ?? '']?.needsTarget ?? false;
  return typeof needed === 'function' ? data !== undefined && needed(data) : needed;
}

function opened(of: unknown): OpenProbe {
  const { probe, ...settings } = inner.parse(of);
  const kind = BEATING[probe];
  if (!kind) throw new Error('its settings were not checked');
  return kind.open(settings);
}

function openHeartbeat({ of, interval, misses, margin, read }: Settings): OpenProbe {
  const limits: HeartbeatLimits = { intervalMs: interval.ms, misses, marginMs: margin?.ms ?? interval.ms };
  const beating = opened(of);
  let memory = NOTHING_SEEN;

  const look = async (context: LookContext): Promise<Reading> => {
    const reading = await beating.look(context);
    if (reading.status === 'unknown') return reading;
    const nowMs = context.tools.nowMs();
    memory = afterLook(memory, reading.value, nowMs);
    const life = lifeOf(memory, limits, nowMs);
    const silentMs = Math.round(silenceMs(memory, nowMs) ?? 0);
    if (life === undefined) return lookFailed(`no beat seen yet; ${formatMs(silentMs)} of ${formatMs(deadAfterMs(limits))} are over`);
    const detail = `${memory.beatAtMs === undefined ? 'never seen' : 'last seen'} ${formatMs(silentMs)} ago: ${String(memory.last ?? reading.detail)}`;
    return { status: 'ok', value: read === 'state' ? life : silentMs, detail };
  };
  return { look, close: () => beating.close() };
}

export const heartbeat = defineProbe({
  name: 'heartbeat',
  summary: 'Whether something still beats, told by the changes of what another probe reads: alive, suspected or dead.',
  settings,
  looks: { label: 'Heartbeat', colour: '#e11d48' },
  needsTarget: ({ of }) => beatNeedsTarget(of),
  open: openHeartbeat,
});
