/** A small experiment on a small system, for tests of the runbook. */
import { z } from 'zod';
import type { Experiment, FaultStep } from '../../experiments/language/experiment.ts';
import { parseSelector, parseThreshold } from '../../experiments/language/threshold.ts';
import { defineFault, type Fault, type Target } from '../../runners/faults/fault.ts';

export function exampleTarget(name: string, labels: Record<string, string> = {}): Target {
  return {
    id: `id-${name}`,
    name,
    service: name,
    project: 'shop',
    labels: { 'firedrill.allow': 'true', ...labels },
    image: 'shop:local',
    state: 'running',
    addresses: ['172.30.0.2'],
    persistent: false,
  };
}

export function exampleFault(overrides: Partial<Pick<Fault, 'undoneBy' | 'destroysData'>> = {}): Fault {
  return defineFault({
    name: 'blackout',
    summary: 'Goes dark.',
    provenBy: 'nothing',
    settings: z.strictObject({}),
    looks: { label: 'blackout', colour: '#333', lane: 'network' },
    undoneBy: 'agent',
    lasting: true,
    ...overrides,
    plan: (_settings, { targets }) => ({
      operations: targets.map((target) => ({ op: 'noop' as const, container: { id: target.id, name: target.name } })),
      effects: targets.map((target) => `${target.name} goes dark`),
    }),
    judgeProof: (_settings, results) => ({
      proven: results.every((result) => result.ok),
      evidence: results.map((result) => result.evidence ?? result.error ?? 'nothing').join('; '),
      facts: {},
    }),
  });
}

/** 100 ms of healthy load are expected; at 5 s the target `east` goes dark for 3 s. */
export function exampleExperiment(step: Partial<FaultStep> = {}): Experiment {
  const load = parseSelector('http_req_failed');
  const threshold = parseThreshold('rate<0.01');
  if (!load || !threshold) throw new Error('the example does not parse');
  return {
    title: 'East goes dark',
    engines: {},
    targets: { east: { labels: { region: 'east' }, pick: 'all' } },
    scenarios: [],
    probes: [],
    hypothesis: [{ load, threshold, over: { ms: 2000 } }],
    method: [
      {
        type: 'fault',
        at: { ms: 5000 },
        name: 'blackout',
        fault: 'blackout',
        target: 'east',
        duration: { ms: 3000 },
        settings: {},
        ...step,
      },
    ],
    objectives: { failover: { good: { load, threshold }, 'recovered-within': { ms: 2000 } } },
    stopWhen: [],
    watch: { ms: 10_000 },
    limits: { maxTargets: 50, maxShare: 1, maxDuration: { ms: 60_000 } },
    variants: {},
  };
}
