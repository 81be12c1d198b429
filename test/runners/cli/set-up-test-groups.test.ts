import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { findLeftovers, type LeftoverEngine, snapshot } from '../../../runners/cli/set-up/leftovers.ts';
import { stallWords } from '../../../runners/cli/set-up/stalls.ts';
import { joinRuns, type TestEvent } from '../../../runners/cli/set-up/test-groups.ts';

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

describe('stalls of the machine', () => {
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
    assert.ok(
      seen.some(({ toMs, lateMs }) => toMs >= stoppedMs && lateMs >= 300),
      JSON.stringify(seen),
    );
  });

  test('are told with how the machine stood still', () => {
    assert.equal(stallWords([]), 'this machine stood still 0 times, 0.0 s together, 0 ms at the longest');
    assert.equal(
      stallWords([
        { toMs: 10_300, lateMs: 300 },
        { toMs: 20_000, lateMs: 120 },
      ]),
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
