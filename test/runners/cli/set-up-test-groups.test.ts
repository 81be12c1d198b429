import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { findLeftovers, type LeftoverEngine, snapshot } from '../../../runners/cli/set-up/leftovers.ts';
import { excusedFailures, type Failure, stallWords } from '../../../runners/cli/set-up/second-look.ts';
import { longestStall } from '../../../runners/cli/set-up/stalls.ts';
import { joinRuns, noting, type TestEvent } from '../../../runners/cli/set-up/test-groups.ts';

function* runOf(tests: number, fail: number, ms: number): Generator<TestEvent> {
  yield { type: 'test:pass', data: { nesting: 0, message: `of ${tests}` } };
  yield { type: 'test:summary', data: { file: '/a.test.ts', success: true } };
  for (const message of [`tests ${tests}`, `fail ${fail}`, `duration_ms ${ms}`])
    yield { type: 'test:diagnostic', data: { nesting: 0, message } };
  yield { type: 'test:diagnostic', data: { nesting: 1, message: 'tests 99' } };
  yield { type: 'test:summary', data: { file: undefined, success: fail === 0 } };
}

async function* later(events: Iterable<TestEvent>): AsyncGenerator<TestEvent> {
  yield* events;
}

describe('several test runs told as one', () => {
  test('keep their events in order and end in one summary, which is their sum', async () => {
    const ends: boolean[] = [];
    const joined = joinRuns([() => later(runOf(2, 0, 10.25)), () => later(runOf(3, 1, 20.5))], (success) => ends.push(success));
    const messages: (string | undefined)[] = [];
    for await (const event of joined) messages.push(event.data.message);
    assert.deepEqual(messages, ['of 2', 'tests 99', 'of 3', 'tests 99', 'tests 5', 'fail 1', 'duration_ms 30.75']);
    assert.deepEqual(ends, [true, false]);
  });
});

describe('tests that failed', () => {
  test('are noted with when they ran, without those that only hold one; those that passed by name', async () => {
    const told: TestEvent[] = [
      { type: 'test:pass', data: { name: 'good', file: '/a.test.ts' } },
      {
        type: 'test:fail',
        data: { name: 'bad', file: '/a.test.ts', details: { duration_ms: 1500, error: { failureType: 'testCodeFailure' } } },
      },
      {
        type: 'test:fail',
        data: { name: 'suite', file: '/a.test.ts', details: { duration_ms: 9, error: { failureType: 'subtestsFailed' } } },
      },
    ];
    const [failures, passes]: [Failure[], Set<string>] = [[], new Set()];
    const passedOn: TestEvent[] = [];
    for await (const event of noting(later(told), failures, passes)) passedOn.push(event);
    assert.deepEqual(passedOn, told);
    assert.deepEqual([...passes], ['good']);
    assert.deepEqual(
      failures.map(({ file, name, fromMs, toMs }) => [file, name, toMs - fromMs]),
      [['/a.test.ts', 'bad', 1500]],
    );
  });

  const failed = (file: string, fromMs: number, toMs: number): Failure => ({ file, name: 'it', fromMs, toMs });
  const isLive = (file: string) => file.startsWith('live');
  const stalls = [{ toMs: 10_300, lateMs: 300 }];

  test('are looked at again where the machine stood still meanwhile or just before, and nowhere else', () => {
    const excused = excusedFailures([failed('live/a', 10_900, 12_000)], stalls, isLive);
    assert.deepEqual(
      excused?.map(({ stallMs }) => stallMs),
      [300],
    );
    assert.equal(excusedFailures([failed('live/a', 11_400, 12_000)], stalls, isLive), undefined, 'too long ago');
    assert.equal(excusedFailures([failed('live/a', 1_000, 9_900)], stalls, isLive), undefined, 'too late');
    assert.equal(excusedFailures([failed('live/a', 10_000, 12_000)], [{ toMs: 10_300, lateMs: 49 }], isLive), undefined, 'too short');
    assert.equal(excusedFailures([failed('pure/a', 10_900, 12_000)], stalls, isLive), undefined, 'measures no machine');
  });

  test('stand, all of them, where one has no excuse, or where they are too many', () => {
    const one = failed('live/a', 10_000, 12_000);
    assert.equal(excusedFailures([one, failed('live/b', 20_000, 21_000)], stalls, isLive), undefined);
    assert.equal(excusedFailures([one, one, one], stalls, isLive)?.length, 3);
    assert.equal(excusedFailures([one, one, one, one], stalls, isLive), undefined);
    assert.equal(excusedFailures([], stalls, isLive), undefined);
  });

  test('what keeps every thread from running is a stall; a machine that works has none', async () => {
    const watching = `
      import('${new URL('../../../runners/cli/set-up/stalls.ts', import.meta.url)}').then(({ watchStalls }) => {
        const { stalls } = watchStalls();
        setTimeout(() => console.log('ready'), 300);
        process.stdin.on('data', () => { console.log(JSON.stringify(stalls)); process.exit(); });
      });`;
    const child = spawn(process.execPath, ['-e', watching], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, 'ready');
    child.kill('SIGSTOP');
    await sleep(400);
    const stoppedMs = Date.now();
    child.kill('SIGCONT');
    await sleep(200);
    child.stdin.write('tell\n');
    const seen = z.array(z.object({ toMs: z.number(), lateMs: z.number() })).parse(JSON.parse((await lines.next()).value ?? ''));
    assert.ok(longestStall(seen, stoppedMs - 300, stoppedMs) >= 300, JSON.stringify(seen));
  });

  test('are told with how the machine stood still', () => {
    assert.equal(stallWords([]), 'this machine stood still 0 times, 0.0 s together, 0 ms at the longest');
    assert.equal(
      stallWords([...stalls, { toMs: 20_000, lateMs: 120 }]),
      'this machine stood still 2 times, 0.4 s together, 300 ms at the longest',
    );
  });
});

describe('leftovers', () => {
  const engineWith = (
    containers: Record<string, Record<string, string>>,
    networks: Record<string, Record<string, string>> = {},
    removal = () => Promise.resolve(),
  ): LeftoverEngine => ({
    getNetwork: (Name) => ({ inspect: () => Promise.resolve({ Name }), remove: removal }),
    listContainers: () => Promise.resolve(Object.entries(containers).map(([name, Labels]) => ({ Id: name, Names: [`/${name}`], Labels }))),
    listNetworks: () => Promise.resolve(Object.entries(networks).map(([Name, Labels]) => ({ Id: Name, Name, Labels }))),
    listVolumes: () => Promise.resolve({ Volumes: null }),
  });

  test('are what carries a label of ours and was not there before', async () => {
    const before = await snapshot(engineWith({ old: { 'firedrill.allow': 'true' } }));
    const engine = engineWith(
      { old: { 'firedrill.allow': 'true' }, agent: { 'firedrill.role': 'agent' }, foreign: { other: 'x' } },
      { fabric_default: { 'com.docker.compose.project': 'fabric' }, shop_default: { 'com.docker.compose.project': 'shop' } },
    );
    assert.deepEqual(await findLeftovers(engine, before), ['container agent', 'network fabric_default']);
  });

  test('are not empty networks that the engine itself will not remove', async () => {
    const networks = { fabric_default: { 'com.docker.compose.project': 'fabric' } };
    const engine = engineWith({}, networks, () => Promise.reject(new Error('network fabric_default has active endpoints')));
    assert.deepEqual(await findLeftovers(engine, new Map()), []);
  });

  test('are none where everything was taken away', async () => {
    const before = await snapshot(engineWith({ old: { 'firedrill.allow': 'true' } }));
    assert.deepEqual(await findLeftovers(engineWith({}), before), []);
  });
});
