/** The events of a short run: a plan with two faults, one proven and undone, one not proven; load in two scenarios. */

import type { Event, EventBody, Plan } from '../../../runners/journal/events.ts';
import { exampleExperiment } from '../../helpers/example-run.ts';

/** A plan with everything that a plan can say. */
export function samplePlan(): Plan {
  const dark = ['edge-sa', 'manifest-sa'];
  return {
    title: 'South America goes dark',
    variant: 'unprotected',
    project: 'fabric',
    seed: 42,
    selections: [
      { target: 'sa-east-1', pick: 'all', candidates: dark, picked: dark },
      { target: 'a-cache', pick: '1', candidates: ['cache-eu', 'cache-us'], picked: ['cache-us'] },
    ],
    faults: [
      {
        name: 'sa-goes-dark',
        kind: 'network-blackout',
        label: 'Network blackout',
        colour: '#7b3294',
        lane: 'network',
        atMs: 3000,
        durationMs: 4000,
        targets: dark.map((name) => ({ id: `id-${name}`, name, region: 'sa-east-1' })),
        effects: dark.map((name) => `${name}: drop every packet in and out; loopback, the engine's DNS and 172.28.4.0/24 are spared`),
        undoneBy: 'agent',
        onRecreate: 'follow',
        operations: { fault: 'sa-goes-dark', operations: [] },
      },
      {
        name: 'cache-loss',
        kind: 'cache-evict',
        label: 'Cache eviction',
        colour: '#b75500',
        lane: 'application',
        atMs: 5000,
        durationMs: undefined,
        targets: [{ id: 'id-cache-us', name: 'cache-us', region: 'us-east-1' }],
        effects: ['cache-us: unlink 80% of the keys that match meta:*'],
        undoneBy: 'none',
        onRecreate: 'follow',
        operations: { fault: 'cache-loss', operations: [] },
      },
    ],
    gates: [{ name: 'pager', atMs: 4000, question: 'Did the pager ring?' }],
    blastRadius: {
      touched: 3,
      total: 31,
      regions: [
        { region: 'sa-east-1', touched: 2, total: 5 },
        { region: 'us-east-1', touched: 1, total: 7 },
        { region: 'eu-central-1', touched: 0, total: 5 },
      ],
    },
    decidedInArming: ['how packets are dropped: iptables-nft or iptables-legacy, by what the kernel of the host has'],
    lastUndoMs: 7000,
    undoneByMs: 1_800_000,
    endMs: 12_000,
  };
}

function stamped(atMs: number, body: EventBody): Event {
  return { ...body, atMs, wall: new Date(Date.UTC(2026, 2, 1, 10, 15) + atMs).toISOString() };
}

/** One second of load for both scenarios; `failing` requests of the first get no answer in time. */
function frame(second: number, failing: number): Event {
  return stamped(second * 1000 + 999, {
    type: 'load.frame',
    cells: [
      {
        bucketMs: second * 1000 + 100,
        series: 1,
        planned: 100,
        sent: 100,
        outcomes: { ok: 100 - failing, timeout: failing },
        latency: [[576, 100]],
      },
      { bucketMs: second * 1000 + 200, series: 2, planned: 50, sent: 50, outcomes: { ok: 50 }, latency: [[512, 50]] },
    ],
  });
}

const ACTS = [
  { container: 'edge-sa', atMs: 3008, ok: true, mechanism: 'iptables' },
  { container: 'manifest-sa', atMs: 3011, ok: true, mechanism: 'iptables' },
] as const;

function beforeTheFault(): Event[] {
  return [
    stamped(0, {
      type: 'run.started',
      runId: '20260301-101500',
      file: 'experiments/region-blackout.yaml',
      source: 'title: South America goes dark',
      variant: 'unprotected',
      version: '0.1.0',
      machine: { cpus: 2 },
    }),
    stamped(2, { type: 'run.planned', plan: samplePlan(), experiment: exampleExperiment() }),
    stamped(3, { type: 'phase', phase: 'steady-state' }),
    stamped(4, { type: 'load.series', series: { id: 1, scenario: 'sa-viewers', tags: { region: 'sa-east-1' } } }),
    stamped(4, { type: 'load.series', series: { id: 2, scenario: 'other-viewers', tags: {} } }),
    frame(0, 0),
    frame(1, 0),
    stamped(2000, {
      type: 'hypothesis.judged',
      when: 'before',
      state: 'held',
      parts: [{ text: 'http_req_failed rate<0.001', state: 'held', seen: 'rate 0 of 300' }],
    }),
    stamped(2001, { type: 'phase', phase: 'arming' }),
    stamped(2400, { type: 'fault.armed', fault: 'sa-goes-dark', acts: ACTS }),
    stamped(2500, { type: 'note', level: 'warning', text: 'the host is busy: load 3.1 on 2 processors' }),
    stamped(2600, { type: 'phase', phase: 'method' }),
    frame(2, 0),
  ];
}

function whileItLasts(): Event[] {
  return [
    stamped(3000, { type: 'fault.intended', fault: 'sa-goes-dark' }),
    stamped(3012, { type: 'fault.injected', fault: 'sa-goes-dark', askedAtMs: 3001, acts: ACTS }),
    stamped(3040, {
      type: 'fault.in-effect',
      fault: 'sa-goes-dark',
      inEffectAtMs: 3013,
      proof: '2 of 2 containers dark: 412 packets dropped',
      facts: { matchedPackets: 412 },
    }),
    frame(3, 60),
    stamped(4000, { type: 'gate', gate: 'pager', question: 'Did the pager ring?', answer: 'passed-over' }),
    frame(4, 60),
    stamped(5000, { type: 'fault.intended', fault: 'cache-loss' }),
    stamped(5050, { type: 'fault.unproven', fault: 'cache-loss', why: 'no key matches meta:*' }),
    stamped(5600, { type: 'container', container: 'edge-sa', action: 'health_status', detail: 'unhealthy' }),
    frame(5, 60),
  ];
}

function afterIt(): Event[] {
  return [
    stamped(7013, { type: 'fault.undoing', fault: 'sa-goes-dark', because: 'duration' }),
    stamped(7030, {
      type: 'fault.undone',
      fault: 'sa-goes-dark',
      undoneAtMs: 7022,
      readBack: 'no rule of ours is left in 2 of 2 namespaces',
      acts: ACTS,
    }),
    stamped(7031, { type: 'phase', phase: 'recovery' }),
    frame(6, 60),
    frame(7, 0),
    stamped(8000, { type: 'stop', because: 'signal', detail: 'SIGINT' }),
    stamped(8100, {
      type: 'hypothesis.judged',
      when: 'after',
      state: 'broken',
      parts: [{ text: 'http_req_failed rate<0.001', state: 'broken', seen: 'rate 0.2 of 150' }],
    }),
    stamped(8200, { type: 'fault.undo-failed', fault: 'cache-loss', errors: ['evicted keys cannot be put back'] }),
    stamped(8300, { type: 'run.ended', exitCode: 6 }),
  ];
}

/** All events, in order. */
export function sampleRun(): Event[] {
  return [...beforeTheFault(), ...whileItLasts(), ...afterIt()];
}
