/**
 * A report of a region blackout as it could really be, made up without chance: ninety seconds, five regions, one fault
 * from 20.0 s to 50.1 s, and one region's viewers failing until the front door fails over.
 */
import type { Report, ReportCurve, ReportFault, ReportObjective, ReportProbe } from '../../../reports/report.ts';

const REGIONS = ['sa-east-1', 'us-east-1', 'eu-central-1', 'ap-northeast-1', 'ap-southeast-1'] as const;
const BASE_MS = [9, 6, 7, 8, 8] as const;
const LENGTH_MS = 90_000;
const STEP_MS = 500;
const PROOF_MS = 20_013;
const ERROR_MS = 107;
const FAILED_OVER_MS = 24_240;
const UNDONE_MS = 50_071;

function wobble(index: number, seed: number): number {
  return Math.sin(index * 12.9898 + seed * 78.233) * 0.5 + Math.sin(index * 3.17 + seed) * 0.5;
}

function curveOf(region: string, seed: number): ReportCurve {
  const atMs = Array.from({ length: LENGTH_MS / STEP_MS }, (_, index) => index * STEP_MS);
  const hit = region === 'sa-east-1';
  const dark = (at: number): boolean => hit && at >= 20_000 && at < FAILED_OVER_MS;
  const far = (at: number): number => (hit && at >= FAILED_OVER_MS && at < 52_000 ? 112 : 0);
  const base = BASE_MS[seed] ?? 8;
  const latency = (factor: number) =>
    atMs.map((at, index) => {
      if (dark(at)) return factor > 2 ? 2000 + wobble(index, seed) * 20 : 300 * factor;
      return Number((base * factor + far(at) + (wobble(index, seed + factor) + 1) * factor * 1.4).toFixed(2));
    });
  return {
    name: `${region}-viewers{region:${region}}`,
    scenario: `${region}-viewers`,
    tags: { region },
    ratePerS: atMs.map((at, index) => (hit ? 150 : 50) + wobble(index, seed) * (dark(at) ? 14 : 3)),
    failedShare: atMs.map((at) => (dark(at) ? (at < 23_500 ? 1 : 0.38) : 0)),
    p50Ms: latency(1),
    p95Ms: latency(2.1),
    p99Ms: latency(3.4),
  };
}

function figures(rate: number, seconds: number, failed: number) {
  return { planned: rate * seconds, sent: rate * seconds, failed };
}

export function sampleFault(): ReportFault {
  const targets = ['edge-sa', 'manifest-sa-1', 'manifest-sa-2', 'cache-sa', 'replica-sa'];
  return {
    name: 'sa-goes-dark',
    kind: 'network-blackout',
    label: 'Network blackout',
    colour: '#7b3294',
    lane: 'network',
    targets,
    effects: targets.map((target) => `${target}: drop every packet in and out, sparing loopback and 172.28.4.0/24`),
    plannedAtMs: 20_000,
    plannedDurationMs: 30_000,
    askedAtMs: 20_000,
    injectedAtMs: 20_008.2,
    injectionSpreadMs: 3.4,
    inEffectAtMs: PROOF_MS,
    undoneAtMs: UNDONE_MS,
    acts: targets.map((target, index) => ({
      target,
      injectedAtMs: 20_008.2 + index * 0.85,
      undoneAtMs: UNDONE_MS - 4 + index,
      mechanism: 'iptables',
      error: null,
    })),
    proof: '5 of 5 containers dark: 412 packets matched and dropped, 0 answers on 23 open connections',
    facts: { matchedPackets: 412 },
    undoneBy: 'agent',
    undoneBecause: 'duration',
    readBack: 'no rule of ours left in 5 of 5 namespaces; packets pass again',
    state: 'undone',
  };
}

function failover(): ReportObjective {
  return {
    name: 'failover',
    description: 'Viewers of sa-east-1 are served by the next nearest region.',
    indicator: 'http_req_failed{region:sa-east-1} rate<0.01',
    fault: 'sa-goes-dark',
    state: 'held',
    neverImpacted: false,
    firstImpactMs: 20_100,
    mitigatedMs: FAILED_OVER_MS,
    recoveredMs: UNDONE_MS,
    mitigatedAfterMs: FAILED_OVER_MS - PROOF_MS,
    recoveredAfterMs: 0,
    instants: {
      impact: { earliestMs: 20_100 - ERROR_MS, latestMs: 20_100 + ERROR_MS },
      detected: null,
      mitigated: { earliestMs: FAILED_OVER_MS - ERROR_MS, latestMs: FAILED_OVER_MS + ERROR_MS },
      removed: { earliestMs: UNDONE_MS - 4, latestMs: UNDONE_MS },
      recovered: { earliestMs: UNDONE_MS, latestMs: UNDONE_MS },
      steady: null,
    },
    errorMs: ERROR_MS,
    failedShare: 0.0461,
    clauses: [
      {
        clause: 'mitigated-within',
        state: 'held',
        text: "good again within 10s of the fault's proof",
        seen: 'mitigated 4.23s after the proof',
      },
      { clause: 'recovered-within', state: 'held', text: "good for good within 5s of the fault's end", seen: 'good since the undo' },
      { clause: 'budget', state: 'held', text: 'at most 12% of its requests fail', seen: '4.6% of 13 500 requests failed' },
    ],
    intervals: [
      { fromMs: 0, toMs: 20_100, state: 'good' },
      { fromMs: 20_100, toMs: FAILED_OVER_MS, state: 'not-good' },
      { fromMs: FAILED_OVER_MS, toMs: LENGTH_MS, state: 'good' },
    ],
  };
}

function othersUnaware(): ReportObjective {
  return {
    ...failover(),
    name: 'others-unaware',
    description: null,
    indicator: 'http_req_latency{region:eu-central-1} p(95)<250',
    neverImpacted: true,
    firstImpactMs: null,
    mitigatedMs: null,
    recoveredMs: null,
    mitigatedAfterMs: null,
    recoveredAfterMs: null,
    instants: { impact: null, detected: null, mitigated: null, removed: null, recovered: null, steady: null },
    failedShare: 0,
    clauses: [{ clause: 'throughout', state: 'held', text: 'good from the fault to the end of the watch', seen: 'worst p(95) 19ms' }],
    intervals: [{ fromMs: 0, toMs: LENGTH_MS, state: 'good' }],
  };
}

function probes(): ReportProbe[] {
  const times = Array.from({ length: 89 }, (_, index) => 500 + index * 1000);
  const serving = times.map((atMs) => {
    return { atMs, status: 'ok' as const, value: atMs > 24_000 && atMs < 52_000 ? 'us-east-1' : 'sa-east-1' };
  });
  const lag = times.map((atMs, index) => {
    const dark = atMs > 20_000 && atMs < 50_000;
    return dark
      ? { atMs, status: 'unknown' as const, value: null }
      : {
          atMs,
          status: 'ok' as const,
          value: Number((12 + wobble(index, 9) * 4 + (atMs > 50_000 ? Math.max(0, 55_000 - atMs) / 10 : 0)).toFixed(1)),
        };
  });
  const health = times.map((atMs) => ({ atMs, status: 'ok' as const, value: 200 }));
  const of = (name: string, container: string | null, points: ReportProbe['points']): ReportProbe => {
    const numbers = points.flatMap((point) => (typeof point.value === 'number' ? point.value : []));
    return {
      name,
      container,
      readings: points.length,
      unknown: points.filter((point) => point.status === 'unknown').length,
      min: numbers.length > 0 ? Math.min(...numbers) : null,
      max: numbers.length > 0 ? Math.max(...numbers) : null,
      first: points[0] ?? null,
      last: points.at(-1) ?? null,
      points,
    };
  };
  return [of('healthz', null, health), of('served-by', null, serving), of('replication-lag', 'replica-sa', lag)];
}

/** A passed run. */
export function sampleReport(): Report {
  const curves = REGIONS.map((region, index) => curveOf(region, index));
  const scenarios = REGIONS.map((region, index) => ({
    name: `${region}-viewers`,
    tags: { region },
    ...figures(index === 0 ? 150 : 50, 90, index === 0 ? 622 : 0),
    p50Ms: BASE_MS[index] ?? 8,
    p95Ms: index === 0 ? 131 : 17.4,
    p99Ms: index === 0 ? 2004 : 29,
    outcomes: index === 0 ? { ok: 12_878, timeout: 551, '5xx': 71 } : { ok: 4500 },
    checks: index === 0 ? { 'says-region': { passed: 12_878, failed: 0 } } : {},
  }));
  const phase = (name: 'before' | 'during' | 'after', fromMs: number, toMs: number) => ({
    phase: name,
    fault: name === 'during' ? 'sa-goes-dark' : null,
    fromMs,
    toMs,
    tags: [],
    scenarios: scenarios.map(({ name: scenario, tags }, index) => ({
      name: scenario,
      tags,
      ...figures(index === 0 ? 150 : 50, Math.round((toMs - fromMs) / 1000), index === 0 && name === 'during' ? 622 : 0),
      p50Ms: index === 0 && name === 'during' ? 121 : 8.2,
      p95Ms: index === 0 && name === 'during' ? 2001 : 17.1,
      p99Ms: index === 0 && name === 'during' ? 2009 : 28,
    })),
  });
  return {
    format: 'firedrill-report/1',
    verdict: 'passed',
    exitCode: 0,
    why: ['All 2 objectives held: failover was mitigated 4.23 s after the proof (10 s allowed).', 'The fault was proven and undone.'],
    experiment: {
      title: 'South America goes dark',
      description: 'sa-east-1 drops off the network for 30 s; its viewers are served from us-east-1.',
      file: 'experiments/region-blackout.yaml',
    },
    variant: null,
    runId: '20260301-101500-region-blackout',
    version: '0.1.0',
    startedAt: '2026-03-01T10:15:00.000Z',
    durationMs: LENGTH_MS,
    complete: true,
    machine: { host: 'drill-host', os: 'Linux 6.1', cpus: 2, 'memory GB': 24, engine: 'Docker 20.10.24' },
    system: {
      project: 'fabric',
      seed: 42,
      touched: 5,
      total: 31,
      regions: REGIONS.map((region) => ({ region, touched: region === 'sa-east-1' ? 5 : 0, total: region === 'us-east-1' ? 7 : 5 })),
      restored: true,
    },
    phases: [
      { phase: 'steady-state', atMs: 0 },
      { phase: 'arming', atMs: 11_200 },
      { phase: 'method', atMs: 14_900 },
      { phase: 'recovery', atMs: 50_100 },
      { phase: 'ended', atMs: LENGTH_MS },
    ],
    hypothesis: [
      { atMs: 11_000, when: 'before' as const, failed: '0.0000' },
      { atMs: 14_800, when: 'armed' as const, failed: '0.0000' },
      { atMs: 62_400, when: 'after' as const, failed: '0.0000' },
    ].map(({ atMs, when, failed }) => ({
      atMs,
      when,
      state: 'held' as const,
      parts: [
        { text: 'healthz equals 200', state: 'held' as const, seen: '200 in 8 of 8 looks' },
        { text: 'http_req_failed{region:sa-east-1} rate<0.001 over 8s', state: 'held' as const, seen: `rate ${failed} of 1 200` },
      ],
    })),
    faults: [sampleFault()],
    objectives: [failover(), othersUnaware()],
    load: {
      scenarios,
      tags: [],
      metrics: [],
      phases: [phase('before', 0, 20_000), phase('during', 20_000, 50_000), phase('after', 50_000, 90_000)],
      curves: { stepMs: STEP_MS, atMs: Array.from({ length: LENGTH_MS / STEP_MS }, (_, index) => index * STEP_MS), series: curves },
    },
    generator: {
      limited: false,
      lagP50Ms: 0.2,
      lagP99Ms: 1.9,
      eventLoopDelayP99Ms: 3.1,
      cpuShare: 0.22,
      rssBytes: 143_000_000,
      processes: 1,
      retried: 0,
      wholeLagP99Ms: 1.2,
      wholeLimited: false,
      failure: null,
    },
    probes: probes(),
    containers: [
      { atMs: 31_400, container: 'edge-sa', action: 'health_status', detail: 'unhealthy' },
      { atMs: 56_300, container: 'edge-sa', action: 'health_status', detail: 'healthy' },
    ],
    gates: [{ atMs: 25_000, name: 'pager', question: 'Did the pager ring?', answer: 'passed-over' }],
    stops: [],
    notes: [{ atMs: 14_700, level: 'info', text: 'network-blackout: rules prepared in 5 namespaces' }],
  };
}

/** The same experiment with the failover switched off: the objective that the protection serves is broken, and a threshold with it. */
export function failedReport(): Report {
  const report = sampleReport();
  const sa = report.load.curves.series[0];
  const dark = (at: number): boolean => at >= 20_000 && at < UNDONE_MS;
  const { atMs } = report.load.curves;
  if (sa !== undefined) {
    sa.failedShare = atMs.map((at) => (dark(at) ? 1 : 0));
    sa.p50Ms = atMs.map((at, index) => (dark(at) ? 2000 : (sa.p50Ms[index] ?? null)));
  }
  const [objective, other] = report.objectives;
  if (objective === undefined || other === undefined) throw new Error('the sample has two objectives');
  return {
    ...report,
    verdict: 'failed',
    exitCode: 1,
    variant: 'unprotected',
    why: [
      'Objective failover is broken: not mitigated while the fault lasted (10s allowed).',
      'Objective failover is broken: budget of 12% exceeded, 33% failed.',
    ],
    objectives: [
      {
        ...objective,
        state: 'broken',
        mitigatedMs: null,
        mitigatedAfterMs: null,
        recoveredMs: 50_300,
        recoveredAfterMs: 229,
        instants: { ...objective.instants, mitigated: null, recovered: { earliestMs: 50_300 - ERROR_MS, latestMs: 50_300 + ERROR_MS } },
        failedShare: 0.334,
        clauses: [
          {
            clause: 'mitigated-within',
            state: 'broken',
            text: "good again within 10s of the fault's proof",
            seen: 'not good at any time while the fault lasted',
          },
          {
            clause: 'recovered-within',
            state: 'held',
            text: "good for good within 5s of the fault's end",
            seen: 'recovered 229ms after the undo',
          },
          { clause: 'budget', state: 'broken', text: 'at most 12% of its requests fail', seen: '33% of 13 500 requests failed' },
        ],
        intervals: [
          { fromMs: 0, toMs: 20_100, state: 'good' },
          { fromMs: 20_100, toMs: 50_300, state: 'not-good' },
          { fromMs: 50_300, toMs: LENGTH_MS, state: 'good' },
        ],
      },
      other,
    ],
    thresholds: [
      { text: 'http_req_failed{region:sa-east-1} rate<0.12', state: 'broken', seen: 'rate 0.334 of 13500' },
      { text: 'http_req_latency{name:<login>} p(95)<250', state: 'unknown', seen: 'no samples' },
    ],
  };
}
