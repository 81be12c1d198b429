import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSelector, parseThreshold } from '../../../experiments/language/threshold.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import type { OperationResult } from '../../../runners/agent/protocol.ts';
import type { Event, EventBody } from '../../../runners/journal/events.ts';
import type { Journal } from '../../../runners/journal/writer.ts';
import { type ConductOptions, conduct } from '../../../runners/runbook/conduct.ts';
import type { Replacement } from '../../../runners/runbook/follow.ts';
import type { Hands } from '../../../runners/runbook/hands.ts';
import { planExperiment } from '../../../runners/runbook/plan.ts';
import { exampleExperiment, exampleFault, exampleTarget } from '../../helpers/example-run.ts';
import { type VirtualTime, virtualTime } from '../../helpers/virtual-time.ts';

/** A journal in memory, on virtual time. */
function memoryJournal(time: VirtualTime): Journal & { events: Event[] } {
  const events: Event[] = [];
  const append = (body: EventBody): Event => {
    const event = { ...body, atMs: time.clock.nowMs(), wall: '2026-01-01T00:00:00.000Z' } as Event;
    events.push(event);
    return event;
  };
  return {
    events,
    path: '',
    append,
    appendSynced: (body) => Promise.resolve(append(body)),
    atMs: time.clock.nowMs,
    close: () => Promise.resolve(),
    onEvent: () => () => undefined,
    onFailure: () => () => undefined,
  };
}

interface Scene {
  /** Answers of a move; the default is success on both containers. */
  readonly moves?: Partial<Record<'arm' | 'inject' | 'prove' | 'undo' | 'readBack' | 'follow', () => Promise<readonly OperationResult[]>>>;
  /** Share of requests that fail at an instant; default none. */
  readonly failing?: (atMs: number) => boolean;
  readonly options?: (time: VirtualTime) => Partial<ConductOptions>;
  readonly experiment?: ReturnType<typeof exampleExperiment>;
  /** Of the plan; default the experiment's. */
  readonly undoneByMs?: number;
}

async function play(scene: Scene = {}) {
  const time = virtualTime();
  const journal = memoryJournal(time);
  const evidence = new Evidence();
  evidence.addSeries({ id: 0, scenario: 'all', tags: {} });
  let filledMs = 0;
  time.onJump((nowMs) => {
    for (; filledMs + 100 <= nowMs; filledMs += 100) {
      const outcomes = scene.failing?.(filledMs) ? { timeout: 10 } : { ok: 10 };
      evidence.addCells([{ bucketMs: filledMs, series: 0, planned: 10, sent: 10, outcomes, completed: 10 }]);
    }
  });
  const calls: string[] = [];
  const results = (): readonly OperationResult[] =>
    ['a', 'b'].map((container) => ({
      container,
      ok: true,
      atNs: String(BigInt(Math.round(time.clock.nowMs() * 1e6))),
      tookMs: 1,
      evidence: 'seen',
    }));
  const move = (name: 'arm' | 'inject' | 'prove' | 'undo' | 'readBack') => () => {
    calls.push(name);
    return scene.moves?.[name]?.() ?? Promise.resolve(results());
  };
  const hands: Hands = {
    arm: move('arm'),
    inject: move('inject'),
    prove: move('prove'),
    undo: move('undo'),
    readBack: move('readBack'),
    follow: ({ to }) => {
      calls.push(`follow ${to.id}`);
      return scene.moves?.follow?.() ?? Promise.resolve(results().slice(0, 1));
    },
    toRunnerNs: (atNs) => BigInt(atNs),
    leave: () => {
      calls.push('leave');
      return Promise.resolve();
    },
    lost: new Promise(() => undefined),
  };
  const targets = ['a', 'b'].map((name) => exampleTarget(name, { region: 'east' }));
  const faults = [exampleFault()];
  const experiment = scene.experiment ?? exampleExperiment();
  const planned = planExperiment({
    experiment,
    variant: undefined,
    project: 'shop',
    faults,
    targets: new Map([['east', targets]]),
    system: targets,
    seed: 1,
  });
  const plan = { ...planned, undoneByMs: scene.undoneByMs ?? planned.undoneByMs };
  const options: ConductOptions = {
    experiment,
    plan,
    faults,
    journal,
    clock: time.clock,
    startNs: 0n,
    evidence,
    startHands: () => Promise.resolve(hands),
    undoWithoutHands: () => {
      calls.push('rescue');
      return Promise.resolve({ clean: true, undone: ['blackout'], detail: 'a fresh agent undid it' });
    },
    stopped: new AbortController().signal,
    ...scene.options?.(time),
  };
  const failure = await time.play(() =>
    conduct(options).then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  const lines = journal.events.map((event) => line(event));
  return { events: journal.events, lines, calls, failure };
}

function line(event: Event): string {
  const rest =
    event.type === 'phase'
      ? event.phase
      : event.type === 'hypothesis.judged'
        ? `${event.when} ${event.state}`
        : event.type === 'stop'
          ? event.because
          : '';
  return `${event.atMs} ${event.type} ${rest}`.trimEnd();
}

test('a run goes through its phases in order, each fault intended before it is injected', async () => {
  const { lines, calls, failure } = await play();
  assert.equal(failure, undefined);
  assert.deepEqual(lines, [
    '0 phase steady-state',
    '2500 hypothesis.judged before held',
    '2500 phase arming',
    '2500 fault.armed',
    '5000 hypothesis.judged armed held',
    '5000 phase method',
    '5000 fault.intended',
    '5000 fault.injected',
    '5000 fault.in-effect',
    '8000 fault.undoing',
    '8000 fault.undone',
    '8000 phase recovery',
    '12000 hypothesis.judged after held',
    '12000 phase ended',
  ]);
  assert.deepEqual(calls, ['arm', 'inject', 'prove', 'undo', 'readBack', 'leave']);
});

test('a system that is not healthy is never touched', async () => {
  const { lines, calls } = await play({ failing: () => true });
  assert.deepEqual(calls, ['leave']);
  assert.ok(lines.includes('5000 hypothesis.judged before broken'));
});

test('a system that falls ill while the fault is armed is not broken further, and is disarmed', async () => {
  const { lines, calls } = await play({ failing: (atMs) => atMs > 3000 });
  assert.deepEqual(calls, ['arm', 'undo', 'readBack', 'leave']);
  assert.ok(lines.includes('5000 hypothesis.judged armed broken'));
});

test('a fault without proof is undone at once and the run says so', async () => {
  const unproven = [{ container: 'a', ok: false, atNs: '0', tookMs: 1, error: 'no packet matched' }];
  const { lines, calls, events } = await play({ moves: { prove: () => Promise.resolve(unproven) } });
  assert.deepEqual(calls, ['arm', 'inject', 'prove', 'undo', 'readBack', 'leave']);
  assert.ok(lines.includes('5000 fault.unproven'));
  assert.ok(!events.some((event) => event.type === 'fault.in-effect'));
});

test('a person who stops the run gets an undo at that instant', async () => {
  const stop = new AbortController();
  const { lines } = await play({
    options: (time) => {
      time.onJump((nowMs) => {
        if (nowMs >= 6000) stop.abort('SIGINT');
      });
      return {
        stopped: stop.signal,
        experiment: { ...exampleExperiment(), stopWhen: exampleExperiment().hypothesis.map((each) => ({ ...each, for: { ms: 60_000 } })) },
      };
    },
  });
  assert.deepEqual(
    lines.filter((each) => /stop|undo/.test(each)),
    ['6000 stop signal', '6000 fault.undoing', '6000 fault.undone'],
  );
});

test('a stop condition undoes, and the recovery is still watched', async () => {
  const stopWhen = [
    {
      ...exampleExperiment().hypothesis[0],
      threshold: { aggregation: 'rate', operator: '>', bound: 0.9, text: 'rate>0.9' },
      over: { ms: 500 },
      for: { ms: 1000 },
    },
  ];
  const experiment = { ...exampleExperiment(), stopWhen } as ReturnType<typeof exampleExperiment>;
  const { lines } = await play({ experiment, failing: (atMs) => atMs >= 5000 && atMs < 6500 });
  const stop = lines.find((each) => each.includes('stop condition'));
  assert.ok(stop, lines.join('\n'));
  assert.ok(Number(stop.split(' ')[0]) < 8000);
  assert.ok(lines.some((each) => each.endsWith('phase recovery')));
});

test('an undo that fails is tried by a fresh agent, and the one in charge is not told to leave before', async () => {
  const failing = [{ container: 'a', ok: false, atNs: '0', tookMs: 1, error: 'no such process' }];
  const { lines, calls } = await play({ moves: { undo: () => Promise.resolve(failing) } });
  assert.deepEqual(calls, ['arm', 'inject', 'prove', 'undo', 'readBack', 'rescue', 'leave']);
  assert.deepEqual(
    lines.filter((each) => /undo/.test(each)),
    ['8000 fault.undoing', '8000 fault.undo-failed', '8000 fault.undone'],
  );
});

test('an intent that cannot be written means no act', async () => {
  const { calls, failure } = await play({
    options: (time) => ({ journal: { ...memoryJournal(time), appendSynced: () => Promise.reject(new Error('disk full')) } }),
  });
  assert.match(String(failure), /disk full/);
  assert.deepEqual(calls, ['arm', 'undo', 'readBack', 'leave']);
});

test('an act whose intent was still being written when the run was stopped is not done any more', async () => {
  const stopWhen = [{ ...exampleExperiment().hypothesis[0], threshold: parseThreshold('rate>0.9'), over: { ms: 500 }, for: { ms: 1000 } }];
  const experiment = { ...exampleExperiment(), stopWhen } as ReturnType<typeof exampleExperiment>;
  const { calls, lines } = await play({
    experiment,
    failing: (atMs) => atMs >= 5000 && atMs < 6500,
    options(time) {
      const journal = memoryJournal(time);
      const appendSynced = (body: EventBody) => time.clock.until(7500).then(() => journal.append(body));
      return { journal: { ...journal, appendSynced } };
    },
  });
  assert.deepEqual(calls, ['arm', 'undo', 'readBack', 'leave'], lines.join('\n'));
});

test('who stops a run while it is armed does not wait for the arming', async () => {
  const { lines, calls } = await play({
    moves: { arm: () => new Promise(() => undefined) },
    options(time) {
      const stopping = new AbortController();
      void time.clock.until(4000).then(() => stopping.abort({ because: 'signal', detail: 'SIGINT' }));
      return { stopped: stopping.signal };
    },
  });
  assert.ok(lines.includes('4000 fault.undone'), lines.join('\n'));
  assert.deepEqual(calls, ['arm', 'undo', 'readBack', 'leave']);
});

/** Two faults, 2 s apart, and the instant at which arming ends. */
async function playTwo(armedAtMs: number) {
  const { method, ...experiment } = exampleExperiment();
  const [first] = method;
  assert.ok(first?.type === 'fault');
  let armed = () => Promise.resolve();
  const played = await play({
    experiment: { ...experiment, method: [first, { ...first, name: 'second', at: { ms: 7000 } }] },
    moves: { arm: () => armed().then(() => []) },
    options(time) {
      armed = () => time.clock.until(armedAtMs);
      return {};
    },
  });
  const begun = played.events.find((event) => event.type === 'phase' && event.phase === 'method');
  return { intended: played.lines.filter((each) => each.endsWith('fault.intended')), begun };
}

test('steps that arming made late keep their distance, and the journal says how late they are', async () => {
  const late = await playTwo(9000);
  assert.deepEqual(late.intended, ['9000 fault.intended', '11000 fault.intended']);
  assert.deepEqual(late.begun?.type === 'phase' && late.begun.lateMs, 4000);
  const punctual = await playTwo(4500);
  assert.deepEqual(punctual.intended, ['5000 fault.intended', '7000 fault.intended']);
  assert.ok(punctual.begun && !('lateMs' in punctual.begun));
});

test('a run without steps waits for its steady state, and lasts as long as its load', async () => {
  const { lines, calls } = await play({
    experiment: { ...exampleExperiment(), method: [] },
    options: (time) => ({ loadEnded: time.clock.until(9000) }),
  });
  assert.deepEqual(lines, [
    '0 phase steady-state',
    '2500 hypothesis.judged before held',
    '2500 phase arming',
    '2500 hypothesis.judged armed held',
    '2500 phase method',
    '9000 phase ended',
  ]);
  assert.deepEqual(calls, ['leave']);
});

test('a method that outlasts the maximum duration is undone, whatever made it late', async () => {
  const experiment = exampleExperiment({ duration: { ms: 600_000 } });
  const { lines, events } = await play({
    experiment: { ...experiment, limits: { ...experiment.limits, maxDuration: { ms: 700_000 } } },
    undoneByMs: 20_000,
  });
  assert.ok(lines.includes('35000 stop limit'), lines.join('\n'));
  assert.ok(lines.includes('35000 fault.undone'), lines.join('\n'));
  assert.match(JSON.stringify(events.find((event) => event.type === 'stop')), /maximum duration of 20s/);
});

/** Tells, at an instant of the run, that the container `id-a` started anew. */
function replacing(atMs: number, each: Partial<Replacement> = {}) {
  return (time: VirtualTime): Partial<ConductOptions> => ({
    replacements: (listener) => {
      void time.clock
        .until(atMs)
        .then(() => listener({ from: 'id-a', to: { id: 'id-new', name: 'a' }, refused: undefined, moved: [], ...each }));
      return () => undefined;
    },
  });
}

test('a target that is made anew under a fault is followed, with the intent in the journal before the act', async () => {
  const { lines, calls, events } = await play({ options: replacing(6000) });
  assert.deepEqual(
    calls.filter((call) => call.startsWith('follow')),
    ['follow id-new'],
  );
  const order = lines.filter((each) => /follow|undone/.test(each));
  assert.deepEqual(order, ['6000 fault.following', '6000 fault.followed', '8000 fault.undone']);
  const following = events.find((event) => event.type === 'fault.following');
  assert.deepEqual(following?.type === 'fault.following' && following.to, { id: 'id-new', name: 'a' });
});

test('nothing is followed before the fault is in effect, nor once its undo has begun', async () => {
  for (const atMs of [4000, 9000]) {
    const { calls } = await play({ options: replacing(atMs) });
    assert.ok(!calls.some((call) => call.startsWith('follow')), String(atMs));
  }
});

test('a step that says stop ends the run instead, undone', async () => {
  const { lines, calls } = await play({ options: replacing(6000), experiment: exampleExperiment({ onRecreate: 'stop' }) });
  assert.ok(lines.includes('6000 stop recreated') && lines.includes('6000 fault.undone'), lines.join('\n'));
  assert.ok(!calls.some((call) => call.startsWith('follow')));
});

test('a container that may not be touched any more ends the run', async () => {
  const { events } = await play({ options: replacing(6000, { refused: 'may not be touched any more' }) });
  assert.match(JSON.stringify(events.find((event) => event.type === 'stop')), /a was made anew, and may not be touched any more/);
});

test('a following that fails ends the run, unless the container starts once more', async () => {
  const longer = exampleExperiment({ duration: { ms: 10_000 } });
  const failing = { follow: () => Promise.reject(new Error('it was found exited')) };
  const { lines } = await play({ options: replacing(6000), moves: failing, experiment: longer });
  assert.ok(lines.includes('9000 stop recreated'), lines.join('\n'));

  let tries = 0;
  const second = (time: VirtualTime): Partial<ConductOptions> => ({
    replacements: (listener) => {
      for (const atMs of [6000, 7000]) {
        void time.clock.until(atMs).then(() => listener({ from: 'id-a', to: { id: 'id-a', name: 'a' }, refused: undefined, moved: [] }));
      }
      return () => undefined;
    },
  });
  const once = {
    follow() {
      tries += 1;
      return tries === 1 ? failing.follow() : Promise.resolve([]);
    },
  };
  const again = await play({ options: second, moves: once, experiment: longer });
  assert.ok(!again.lines.some((each) => each.includes('stop')), again.lines.join('\n'));
  assert.equal(tries, 2);
});

test('a signal while the recovery is watched counts as a stop', async () => {
  const options = (time: VirtualTime): Partial<ConductOptions> => {
    const stopping = new AbortController();
    void time.clock.until(8500).then(() => stopping.abort({ because: 'signal', detail: 'SIGINT' }));
    return { stopped: stopping.signal };
  };
  const { lines } = await play({ options });
  assert.ok(lines.includes('8500 stop signal'), lines.join('\n'));
});

/** At most 5 % of all requests may fail, from `delayMs` on; beyond that the run is stopped. */
function aborting(delayMs: number): ReturnType<typeof exampleExperiment> {
  const [load, threshold] = [parseSelector('http_req_failed'), parseThreshold('rate<0.05')];
  assert.ok(load && threshold);
  return { ...exampleExperiment(), thresholds: [{ load, threshold, abortOnFail: true, delayAbortEval: { ms: delayMs } }] };
}

const ENDING = /stop|undo|recovery|phase ended/;

test('a broken threshold that may end the run does: all is undone, the load ends, and nobody waits for a recovery', async () => {
  const stopped: number[] = [];
  const { lines, calls, events } = await play({
    experiment: aborting(0),
    failing: (atMs) => atMs >= 5500,
    options: (time) => ({
      stopLoad: () => {
        stopped.push(time.clock.nowMs());
        return Promise.resolve();
      },
    }),
  });
  assert.deepEqual(
    lines.filter((each) => ENDING.test(each)),
    ['6000 stop threshold', '6000 fault.undoing', '6000 fault.undone', '6000 phase recovery', '6000 phase ended'],
  );
  assert.deepEqual(stopped, [6000]);
  assert.deepEqual(calls, ['arm', 'inject', 'prove', 'undo', 'readBack', 'leave']);
  const [stop] = events.filter((event) => event.type === 'stop');
  assert.match(stop?.detail ?? '', /^http_req_failed rate<0\.05: rate 0\.0833 of 600$/);
});

test('before delayAbortEval a threshold ends nothing', async () => {
  const late = await play({ experiment: aborting(60_000), failing: (atMs) => atMs >= 5500 && atMs < 7000 });
  assert.ok(!late.events.some(({ type }) => type === 'stop'));
  assert.ok(late.lines.includes('8000 fault.undoing'));
});

test('a threshold may end the run before anything is touched', async () => {
  const { calls, lines } = await play({ experiment: aborting(0), failing: () => true });
  assert.deepEqual(calls, ['leave']);
  assert.ok(lines.includes('2000 stop threshold'));
});
