/** A journal whose truth is known: a region blackout from 20 s to 50 s, watched to 70 s, with parts to replace. */
import type { Experiment } from '../../experiments/language/experiment.ts';
import type { Event, EventBody, EventOf, Plan, PlannedFault } from '../../runners/journal/events.ts';
import { load, loadCells, objective, outage, quick, reading, type System } from '../probes/slo/synthetic-load.ts';

export const END_MS = 70_000;
const START_WALL_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

export const experiment: Experiment = {
  title: 'South America goes dark',
  description: 'sa-east-1 drops off the network for 30 s.',
  engines: {},
  targets: {},
  scenarios: [],
  probes: [],
  hypothesis: [load('http_req_failed', 'rate<0.01')],
  method: [],
  objectives: {
    failover: objective({
      good: load('http_req_failed{region:home}', 'rate<0.01'),
      'mitigated-within': { ms: 10_000 },
      'recovered-within': { ms: 5000 },
      budget: 0.12,
    }),
    'others-unaware': objective({ good: load('http_req_latency{region:other}', 'p(95)<250'), throughout: true }),
  },
  stopWhen: [],
  watch: { ms: 30_000 },
  limits: { maxTargets: 10, maxShare: 0.5, maxDuration: { ms: 600_000 } },
  variants: {},
};

export function plannedFault(changes: Partial<PlannedFault> = {}): PlannedFault {
  return {
    name: 'blackout',
    kind: 'network-blackout',
    label: 'Blackout',
    colour: '#c33',
    lane: 'network',
    atMs: 20_000,
    durationMs: 30_000,
    targets: [
      { id: 'id-edge', name: 'edge-sa', region: 'sa-east-1' },
      { id: 'id-redis', name: 'redis-sa', region: 'sa-east-1' },
    ],
    effects: ['edge-sa: all traffic dropped', 'redis-sa: all traffic dropped'],
    undoneBy: 'agent',
    onRecreate: 'follow',
    operations: { fault: 'blackout', operations: [] },
    ...changes,
  };
}

export function stamp(atMs: number, body: EventBody): Event {
  return { atMs, wall: new Date(START_WALL_MS + atMs).toISOString(), ...body };
}

function planOf(faults: readonly PlannedFault[]): Plan {
  return {
    title: experiment.title,
    variant: undefined,
    project: 'fabric',
    seed: 7,
    selections: [],
    faults,
    gates: [],
    blastRadius: { touched: 2, total: 25, regions: [{ region: 'sa-east-1', touched: 2, total: 5 }] },
    decidedInArming: [],
    lastUndoMs: 50_000,
    undoneByMs: 1_800_000,
    endMs: 80_000,
  };
}

function loadEvents(home: System, other: System): Event[] {
  const systems = [home, other];
  const series = systems.map((_, id) =>
    stamp(0, {
      type: 'load.series',
      series: { id, scenario: id === 0 ? 'home-viewers' : 'other-viewers', tags: { region: id === 0 ? 'home' : 'other' } },
    }),
  );
  const frames = systems.flatMap((system, id) =>
    loadCells({ ratePerS: 50, toMs: END_MS, system, series: id }).map(({ atMs, cell }) =>
      stamp(Math.min(END_MS, atMs), { type: 'load.frame', cells: [cell] }),
    ),
  );
  return [...series, ...frames];
}

function judged(when: 'before' | 'armed' | 'after', state: 'held' | 'broken' | 'unknown'): EventBody {
  return {
    type: 'hypothesis.judged',
    when,
    state,
    parts: [{ text: 'http_req_failed rate<0.01', state, seen: state === 'held' ? 'rate 0 of 100' : 'rate 0.5 of 100' }],
  };
}

const act = (container: string, atMs: number) => ({ container, atMs, ok: true, mechanism: 'iptables' });

/** The blackout's own events. */
export const blackoutEvents: readonly Event[] = [
  stamp(19_990, { type: 'fault.intended', fault: 'blackout' }),
  stamp(20_030, { type: 'fault.injected', fault: 'blackout', askedAtMs: 20_000, acts: [act('edge-sa', 20_010), act('redis-sa', 20_018)] }),
  stamp(20_200, {
    type: 'fault.in-effect',
    fault: 'blackout',
    inEffectAtMs: 20_018,
    proof: '41 packets of open connections were dropped <on both>',
    facts: { matchedPackets: 41 },
  }),
  stamp(50_018, { type: 'fault.undoing', fault: 'blackout', because: 'duration' }),
  stamp(50_060, {
    type: 'fault.undone',
    fault: 'blackout',
    undoneAtMs: 50_034,
    readBack: 'no rule of ours is left',
    acts: [act('edge-sa', 50_030), act('redis-sa', 50_034)],
  }),
];

export interface JournalParts {
  readonly home?: System;
  readonly other?: System;
  readonly fault?: readonly Event[];
  readonly planned?: readonly PlannedFault[];
  readonly before?: 'held' | 'broken' | 'unknown';
  readonly after?: 'held' | 'broken' | 'unknown' | 'missing';
  readonly extra?: readonly Event[];
  readonly machine?: EventOf<'run.started'>['machine'];
  /** The runner dies here: nothing later is in the journal but `extra`. */
  readonly diesAtMs?: number;
  readonly run?: Experiment;
}

/** Fails over after 4 s: requests of 20.1–24.2 s are lost. */
export function journal(parts: JournalParts = {}): Event[] {
  const { home = outage(20_100, 24_200), other = quick, fault = blackoutEvents, before = 'held', after = 'held', run = experiment } = parts;
  const planned = parts.planned ?? [plannedFault()];
  const events = [
    stamp(0, {
      type: 'run.started',
      runId: '20260102-030405-abcd',
      file: 'experiments/region-blackout.yaml',
      source: '',
      variant: undefined,
      version: '0.1.0',
      machine: { host: 'bench', cpus: 2 },
    }),
    stamp(0, { type: 'run.planned', plan: planOf(planned), experiment: run }),
    stamp(10, { type: 'phase', phase: 'steady-state' }),
    stamp(8000, judged('before', before)),
    stamp(8010, { type: 'phase', phase: 'arming' }),
    stamp(19_900, { type: 'phase', phase: 'method' }),
    stamp(50_070, { type: 'phase', phase: 'recovery' }),
    ...(after === 'missing' ? [] : [stamp(60_000, judged('after', after))]),
    stamp(END_MS, { type: 'phase', phase: 'ended' }),
    stamp(END_MS + 50, { type: 'run.ended', exitCode: undefined }),
    ...fault,
    ...loadEvents(home, other),
  ];
  const lived = events.filter(({ atMs }) => atMs <= (parts.diesAtMs ?? Number.POSITIVE_INFINITY));
  return [...lived, ...(parts.extra ?? [])].sort((one, another) => one.atMs - another.atMs);
}

/** A probe's readings as events. */
export function readings(probe: string, everyMs: number, value: (atMs: number) => number | null): Event[] {
  return Array.from({ length: Math.floor(END_MS / everyMs) }, (_, index) => {
    const seen = value(index * everyMs);
    return stamp(index * everyMs + 5, {
      type: 'probe.reading',
      probe,
      container: undefined,
      startedMs: index * everyMs,
      status: seen === null ? 'unknown' : 'ok',
      value: seen,
      error: seen === null ? 'timed out' : undefined,
    });
  });
}

export { load, outage, quick, reading };
