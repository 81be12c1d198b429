import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXIT_BY_REASON } from '../../reports/reasons.ts';
import type { Report } from '../../reports/report.ts';
import { judgeRun } from '../../reports/verdict.ts';
import { EXIT } from '../../runners/failure.ts';
import { hang, load, objective } from '../probes/slo/synthetic-load.ts';
import {
  blackoutEvents,
  experiment,
  type JournalParts,
  journal,
  outage,
  plannedFault,
  reading,
  readings,
  stamp,
} from './synthetic-journal.ts';

function judge(parts: JournalParts = {}): Report {
  return judgeRun(journal(parts), parts.run ?? experiment);
}

function outcome({ verdict, exitCode }: Report): string {
  return `${verdict} ${exitCode}`;
}

function near(actual: number | null | undefined, expected: number, errorMs = 100): void {
  assert.ok(typeof actual === 'number' && Math.abs(actual - expected) <= errorMs, `${actual} is not ${expected} ± ${errorMs}`);
}

const NO_ABORT = { abortOnFail: false, delayAbortEval: { ms: 0 } };
const without = (type: string) => blackoutEvents.filter((event) => event.type !== type);

describe('the verdict', () => {
  it('uses the exit codes of the program', () => {
    assert.deepEqual(EXIT_BY_REASON, {
      'not-undone': EXIT.notUndone,
      bug: EXIT.bug,
      stopped: EXIT.stopped,
      failed: EXIT.failed,
      inconclusive: EXIT.inconclusive,
    });
  });

  it('is passed when every objective held and the steady state returned', () => {
    const report = judge();
    assert.equal(outcome(report), 'passed 0');
    assert.deepEqual(report.why, ['Every objective held.']);
    const [failover, others] = report.objectives;
    assert.equal(failover?.state, 'held');
    near(failover?.firstImpactMs, 20_100);
    near(failover?.mitigatedMs, 24_200);
    near(failover?.mitigatedAfterMs, 4182);
    assert.equal(failover?.recoveredMs, 50_034);
    assert.equal(failover?.recoveredAfterMs, 0);
    assert.equal(others?.neverImpacted, true);
  });

  it('is failed when the load as a whole breaks a threshold, and inconclusive where nothing is known of one', () => {
    const withThreshold = (text: string) => ({ ...experiment, thresholds: [{ ...load('http_req_failed', text), ...NO_ABORT }] });
    const held = judge({ run: withThreshold('rate<0.5') });
    assert.deepEqual([outcome(held), held.thresholds?.map(({ state }) => state)], ['passed 0', ['held']]);
    const broken = judge({ run: withThreshold('rate<0.0001') });
    assert.equal(outcome(broken), 'failed 1');
    assert.match(broken.why[0] ?? '', /^Threshold http_req_failed rate<0\.0001 is broken \(rate 0\.0\d+ of \d+\)\.$/);
    const nothing = load('http_req_failed{region:nowhere}', 'rate<1');
    const unknown = judge({ run: { ...experiment, thresholds: [{ ...nothing, ...NO_ABORT }] } });
    assert.equal(outcome(unknown), 'inconclusive 2');
    assert.equal(judge().thresholds, undefined);
  });

  it('is failed when one objective is broken, and names it', () => {
    const report = judge({ home: outage(20_100, 50_034) });
    assert.equal(outcome(report), 'failed 1');
    assert.deepEqual(
      report.objectives.map(({ state }) => state),
      ['broken', 'held'],
    );
    assert.match(report.why.join(' '), /Objective failover is broken/);
  });

  it('is failed by a system that hangs', () => {
    assert.equal(outcome(judge({ home: hang(20_100, 50_034) })), 'failed 1');
  });

  it('is failed when the steady state does not return, though every objective held', () => {
    const report = judge({ after: 'broken' });
    assert.equal(outcome(report), 'failed 1');
    assert.match(report.why[0] ?? '', /did not return.*rate 0\.5/);
  });

  it('is inconclusive when nobody judged whether the steady state returned', () => {
    assert.equal(outcome(judge({ after: 'missing' })), 'inconclusive 2');
    assert.equal(outcome(judge({ after: 'unknown' })), 'inconclusive 2');
    assert.equal(outcome(judge({ after: 'missing', run: { ...experiment, hypothesis: [] } })), 'passed 0');
  });

  it('is inconclusive when the system was not healthy before the drill', () => {
    const report = judge({ before: 'broken', fault: [], after: 'missing' });
    assert.equal(outcome(report), 'inconclusive 2');
    assert.match(report.why.join('\n'), /not in its steady state before/);
    assert.equal(report.faults[0]?.state, 'not-injected');
  });

  it('is inconclusive without the proof of a fault, even when everything looks held or broken', () => {
    const unproven = [
      ...without('fault.in-effect'),
      stamp(20_300, { type: 'fault.unproven', fault: 'blackout', why: 'no packet was dropped' }),
    ];
    for (const home of [outage(0, 0), outage(20_100, 50_000)]) {
      const report = judge({ fault: unproven, home });
      assert.equal(outcome(report), 'inconclusive 2');
      assert.equal(report.faults[0]?.state, 'unproven');
      assert.match(report.why[0] ?? '', /blackout did not prove its effect: no packet was dropped/);
      assert.ok(report.objectives.every(({ state }) => state === 'unknown'));
    }
  });

  it('is inconclusive when a fault could not hold back all that it was asked to', () => {
    const facts = (type: 'fault.in-effect' | 'fault.undone', overflowedPackets: number) =>
      blackoutEvents.map((event) => (event.type === type ? { ...event, facts: { overflowedPackets } } : event));
    assert.equal(outcome(judge({ fault: facts('fault.in-effect', 3) })), 'inconclusive 2');
    assert.equal(outcome(judge({ fault: facts('fault.undone', 3) })), 'inconclusive 2');
    assert.equal(outcome(judge({ fault: facts('fault.undone', 0) })), 'passed 0');
  });

  it('is inconclusive without data for an objective', () => {
    const run = { ...experiment, objectives: { ghost: objective({ good: reading('ghost', { tolerance: { equals: 1 } }) }) } };
    const report = judge({ run });
    assert.equal(outcome(report), 'inconclusive 2');
    assert.equal(report.objectives[0]?.state, 'unknown');
  });

  it('is inconclusive where a probe could look no more from some instant on, and failed where what it looked at answered no more', () => {
    const run = {
      ...experiment,
      objectives: { few: objective({ good: reading('errors', { bound: 'value<5' }), throughout: true }) },
    };
    const seen = readings('errors', 1000, (ms) => (ms < 30_000 ? 1 : null));
    const blind = judge({ run, extra: seen });
    assert.equal(outcome(blind), 'inconclusive 2');
    assert.equal(blind.objectives[0]?.state, 'unknown');
    const silent = seen.map((event) => (event.type === 'probe.reading' ? { ...event, status: 'ok' as const, error: undefined } : event));
    assert.equal(outcome(judge({ run, extra: silent })), 'failed 1');
  });

  it('expects of a probe what is written for each phase: worse while the fault lasts, well again in time after it', () => {
    const few = objective({
      during: reading('errors', { bound: 'value<5' }),
      after: { within: { ms: 5000 }, condition: reading('errors', { bound: 'value<1' }) },
    });
    const byPhase = readings('errors', 1000, (ms) => (ms < 20_000 ? 0 : ms < 53_000 ? 4 : 0));
    assert.equal(judge({ run: { ...experiment, objectives: { few } }, extra: byPhase }).objectives[0]?.state, 'held');
    const late = readings('errors', 1000, (ms) => (ms < 20_000 ? 0 : ms < 58_000 ? 4 : 0));
    assert.equal(judge({ run: { ...experiment, objectives: { few } }, extra: late }).objectives[0]?.state, 'broken');
  });

  it('is inconclusive where the lateness of the generator may explain the latency, and nowhere else', () => {
    const generator = { type: 'load.generator', lagP50Ms: 3, lagP99Ms: 40, eventLoopDelayP99Ms: 9, cpuShare: 0.9, rssBytes: 1e8 } as const;
    const late = (atMs: number, limited = true, eventLoopDelayP99Ms = 9) => [
      stamp(atMs - 1000, { ...generator, limited: false }),
      stamp(atMs, { ...generator, limited, eventLoopDelayP99Ms }),
    ];
    const slow = (latencyMs: number) => (ms: number) => ({
      outcome: 'ok' as const,
      latencyMs: ms >= 30_000 && ms < 31_000 ? latencyMs : 5,
    });
    assert.equal(outcome(judge({ other: slow(270), extra: late(31_000) })), 'inconclusive 2');
    assert.equal(outcome(judge({ other: slow(270), extra: late(31_000, false) })), 'failed 1');
    assert.equal(outcome(judge({ other: slow(270), extra: late(60_000) })), 'failed 1');
    assert.equal(outcome(judge({ other: slow(400), extra: late(31_000) })), 'failed 1');
    assert.equal(outcome(judge({ other: slow(400), extra: late(31_000, true, 380) })), 'inconclusive 2');
    assert.equal(outcome(judge({ extra: late(31_000) })), 'passed 0');
    assert.equal(judge({ extra: late(31_000) }).generator.lagP99Ms, 40);
  });
});

describe('the exit code', () => {
  const failing = { home: outage(20_100, 50_034) };
  const signal = stamp(40_000, { type: 'stop', because: 'signal', detail: 'SIGINT' });
  const undoFailed = stamp(50_040, { type: 'fault.undo-failed', fault: 'blackout', errors: ['edge-sa: rule still there'] });

  it('is 6 when something could not be undone, before all else', () => {
    const report = judge({ ...failing, fault: [...without('fault.undone'), undoFailed], extra: [signal] });
    assert.equal(report.exitCode, 6);
    assert.equal(report.faults[0]?.state, 'not-undone');
    assert.match(report.why[0] ?? '', /blackout could not be undone: edge-sa: rule still there/);
  });

  it('is not 6 any more when a later undo succeeded', () => {
    assert.equal(outcome(judge({ fault: [...blackoutEvents, undoFailed] })), 'passed 0');
  });

  it('is 6 when the journal has no undo of what was injected, and when the system was not put back', () => {
    assert.equal(judge({ fault: without('fault.undone') }).exitCode, 6);
    const restored = (ok: boolean) => stamp(70_020, { type: 'system.restored', ok, detail: 'environment' });
    assert.equal(judge({ extra: [restored(false)] }).exitCode, 6);
    assert.equal(judge({ extra: [restored(true)] }).exitCode, 0);
  });

  it('is 70 when firedrill itself failed', () => {
    assert.equal(judge({ ...failing, extra: [stamp(70_100, { type: 'run.ended', exitCode: 70 })] }).exitCode, 70);
  });

  it('is 5 when a person stopped it and it is undone, whatever the verdict', () => {
    assert.equal(outcome(judge({ extra: [signal] })), 'inconclusive 5');
    assert.equal(outcome(judge({ ...failing, extra: [signal] })), 'failed 5');
    assert.equal(outcome(judge({ extra: [stamp(25_000, { type: 'stop', because: 'gate', detail: 'no-go' })] })), 'inconclusive 5');
  });

  it('follows the verdict as usual after a stop condition', () => {
    const stop = stamp(25_000, { type: 'stop', because: 'condition', detail: 'rate>0.9 for 20s' });
    assert.equal(outcome(judge({ extra: [stop] })), 'passed 0');
    assert.equal(outcome(judge({ ...failing, extra: [stop] })), 'failed 1');
  });

  it('is 2 after an error or a lost agent, unless something is known to be broken', () => {
    const lost = stamp(40_000, { type: 'stop', because: 'agent-lost', detail: 'its container is gone' });
    assert.equal(outcome(judge({ extra: [lost] })), 'inconclusive 2');
    assert.equal(outcome(judge({ ...failing, extra: [lost] })), 'failed 1');
  });

  it('stays 7 when the ground was found unfit before anything was touched, and only then', () => {
    const unfit = stamp(70_100, { type: 'run.ended', exitCode: 7 });
    assert.equal(judge({ fault: [], after: 'missing', extra: [unfit] }).exitCode, 7);
    assert.equal(judge({ extra: [unfit] }).exitCode, 0);
  });
});

describe('a run whose runner died', () => {
  const undoneByAgent = [
    stamp(41_000, { type: 'fault.undoing', fault: 'blackout', because: 'agent' }),
    stamp(41_050, { type: 'fault.undone', fault: 'blackout', undoneAtMs: 40_006, readBack: 'clean', acts: [] }),
  ];
  const early = blackoutEvents.filter(({ atMs }) => atMs < 40_000);

  it('is judged on what was seen, and is never passed', () => {
    const report = judge({ fault: early, diesAtMs: 40_000, extra: undoneByAgent });
    assert.equal(outcome(report), 'inconclusive 2');
    assert.equal(report.complete, false);
    assert.equal(report.faults[0]?.state, 'undone');
    assert.equal(report.faults[0]?.undoneBecause, 'agent');
    near(report.objectives[0]?.firstImpactMs, 20_100);
    assert.match(report.why.join(' '), /runner died/);
  });

  it('is failed by what is known to be broken', () => {
    const run = { ...experiment, objectives: { steady: objective({ good: experiment.objectives['failover']?.good, throughout: true }) } };
    assert.equal(outcome(judge({ run, fault: early, diesAtMs: 40_000, extra: undoneByAgent })), 'failed 1');
  });

  it('needs a person as long as no undo is in the journal, even when only the intent is', () => {
    assert.equal(judge({ fault: early, diesAtMs: 40_000 }).exitCode, 6);
    const intended = blackoutEvents.slice(0, 1);
    assert.equal(judge({ fault: intended, diesAtMs: 20_000 }).exitCode, 6);
    assert.equal(judge({ fault: intended }).faults[0]?.state, 'not-injected');
  });

  it('can be judged from nothing but its first line, and from nothing at all', () => {
    assert.equal(outcome(judgeRun(journal().slice(0, 1), experiment)), 'inconclusive 2');
    assert.equal(outcome(judgeRun([], experiment)), 'inconclusive 2');
  });
});

describe('the report', () => {
  it('tells each fault with its proof, its acts and its undo', () => {
    const [fault] = judge().faults;
    assert.deepEqual(fault?.targets, ['edge-sa', 'redis-sa']);
    assert.deepEqual([fault?.askedAtMs, fault?.injectedAtMs, fault?.injectionSpreadMs], [20_000, 20_010, 8]);
    assert.deepEqual([fault?.inEffectAtMs, fault?.undoneAtMs, fault?.state], [20_018, 50_034, 'undone']);
    assert.deepEqual(fault?.acts[1], { target: 'redis-sa', injectedAtMs: 20_018, undoneAtMs: 50_034, mechanism: 'iptables', error: null });
    assert.deepEqual(fault?.facts, { matchedPackets: 41 });
  });

  it('calls a fault over that nobody can undo, and counts recovery from its proof', () => {
    const run = {
      ...experiment,
      objectives: { back: objective({ good: experiment.objectives['failover']?.good, 'recovered-within': { ms: 5000 } }) },
    };
    const report = judge({ run, planned: [plannedFault({ undoneBy: 'none', durationMs: undefined })] });
    assert.equal(report.faults[0]?.state, 'over');
    assert.equal(report.faults[0]?.undoneAtMs, null);
    near(report.objectives[0]?.recoveredAfterMs, 4182);
    assert.equal(outcome(report), 'passed 0');
  });

  it('counts the load by scenario, by phase and over time', () => {
    const { load } = judge();
    const [home] = load.scenarios;
    assert.deepEqual([home?.name, home?.planned, home?.sent, home?.failed], ['home-viewers', 3500, 3500, 205]);
    assert.deepEqual(home?.outcomes, { ok: 3295, refused: 205 });
    near(home?.p50Ms, 5, 0.05);
    assert.deepEqual(
      load.phases.map(({ phase, scenarios }) => [phase, scenarios[0]?.planned, scenarios[0]?.failed]),
      [
        ['before', 1000, 0],
        ['during', 1505, 205],
        ['after', 995, 0],
      ],
    );
    assert.equal(load.curves.atMs.length, 70);
    const curve = load.curves.series[0];
    assert.deepEqual(
      [curve?.name, curve?.ratePerS[10], curve?.failedShare[22], curve?.failedShare[30]],
      ['home-viewers region=home', 50, 1, 0],
    );
  });

  it('tells the readings of each probe', () => {
    const report = judge({ extra: readings('lag', 1000, (ms) => (ms === 5000 ? null : ms / 1000)) });
    const [lag] = report.probes;
    assert.deepEqual([lag?.name, lag?.readings, lag?.unknown, lag?.min, lag?.max], ['lag', 70, 1, 0, 69]);
    assert.deepEqual(lag?.points[5], { atMs: 5005, status: 'unknown', value: null });
  });

  it('goes by the clock of the fault that an objective names', () => {
    const later = blackoutEvents.map((event) => ({ ...event, ...('fault' in event ? { fault: 'second' } : {}) }));
    const named = objective({ ...experiment.objectives['failover'], fault: 'second' });
    const planned = [plannedFault(), plannedFault({ name: 'second', atMs: 30_000 })];
    const report = judge({
      planned,
      run: { ...experiment, objectives: { named, first: objective({ ...experiment.objectives['failover'] }) } },
      fault: later,
    });
    assert.deepEqual(
      report.objectives.map(({ fault, state }) => [fault, state]),
      [
        ['second', 'held'],
        ['blackout', 'unknown'],
      ],
    );
    assert.match(report.why.join(' '), /blackout was never injected/);
  });

  it('starts when the clock of the run does', () => {
    assert.equal(judge().startedAt, '2026-01-02T03:04:05.000Z');
  });
});
