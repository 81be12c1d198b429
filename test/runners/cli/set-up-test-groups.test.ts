import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findLeftovers, type LeftoverEngine, snapshot } from '../../../runners/cli/set-up/leftovers.ts';
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
