import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { OperationResult } from '../../../runners/agent/protocol.ts';
import { sweepScripts } from '../../../runners/cli/sweep/sweep-scripts.ts';
import { script } from '../../../runners/faults/script.ts';
import type { Event, EventBody, PlannedFault } from '../../../runners/journal/events.ts';
import type { Hands } from '../../../runners/runbook/hands.ts';
import { moveTimeoutMs, withRunnerHands } from '../../../runners/runbook/runner-hands.ts';
import type { RunScript } from '../../../runners/runbook/script-moves.ts';
import { exampleTarget } from '../../helpers/example-run.ts';
import { plannedFault } from '../journal/events-for-tests.ts';

const HERE = fileURLToPath(import.meta.url);
const AGENT_AHEAD_NS = 5_000_000_000n;

function planned(name: string, settings: object = {}): PlannedFault {
  const { operations } = script.plan({ run: HERE, undo: HERE, ...settings }, { targets: [exampleTarget('a')], select: () => [], seed: 1 });
  return { ...plannedFault(name, 'runner'), operations: { fault: name, operations } };
}

/** Hands whose agent does everything, and scripts that end as told; `calls` has both. */
function scene(faults: readonly PlannedFault[], ends: Partial<Record<'run' | 'prove' | 'undo', () => number>> = {}) {
  const calls: string[] = [];
  const run: RunScript = async (_call, { container, move }) => {
    calls.push(`${move} ${container.name}`);
    return { code: ends[move]?.() ?? 0, said: move };
  };
  const byAgent =
    (move: string) =>
    async (fault: string): Promise<readonly OperationResult[]> => {
      calls.push(`agent ${move} ${fault}`);
      return [];
    };
  const agent: Hands = {
    arm: byAgent('arm'),
    inject: byAgent('inject'),
    prove: byAgent('prove'),
    undo: byAgent('undo'),
    readBack: byAgent('read-back'),
    follow: ({ fault }) => byAgent('follow')(fault),
    toRunnerNs: (atNs) => BigInt(atNs) - AGENT_AHEAD_NS,
    leave: () => Promise.resolve(),
    lost: new Promise(() => undefined),
  };
  const undoWithoutHands = () => Promise.resolve({ clean: true, undone: [], detail: 'swept' });
  return { calls, run, ...withRunnerHands({ startHands: () => Promise.resolve(agent), undoWithoutHands }, { faults }, run) };
}

test('the runner’s own faults are carried out by the runner, and all others by the agent', async () => {
  const { startHands, calls } = scene([planned('mine'), plannedFault('dark')]);
  const hands = await startHands();
  for (const fault of ['mine', 'dark'])
    for (const move of ['arm', 'inject', 'prove', 'undo', 'readBack'] as const) await hands[move](fault);
  assert.deepEqual(calls, [
    'run a',
    'undo a',
    'agent arm dark',
    'agent inject dark',
    'agent prove dark',
    'agent undo dark',
    'agent read-back dark',
  ]);
});

test('an instant of the runner’s comes out right, however far the agent’s clock is off', async () => {
  const hands = await scene([planned('mine')]).startHands();
  await hands.arm('mine');
  const beforeNs = process.hrtime.bigint();
  const [result] = await hands.inject('mine');
  const atNs = hands.toRunnerNs(result?.atNs ?? '0');
  assert.ok(atNs >= beforeNs && atNs <= process.hrtime.bigint(), `${atNs - beforeNs} ns`);
});

test('a script that fails is told with its words, and its undo is run all the same; one never run has none to run', async () => {
  const failing = scene([planned('mine')], { run: () => 4 });
  const hands = await failing.startHands();
  await hands.arm('mine');
  assert.match((await hands.inject('mine'))[0]?.error ?? '', /ended with 4, and said: run/);
  assert.equal((await hands.undo('mine'))[0]?.ok, true);
  assert.equal((await hands.readBack('mine'))[0]?.ok, true);
  assert.deepEqual(failing.calls, ['run a', 'undo a']);
  const untouched = scene([planned('mine')]);
  const idle = await untouched.startHands();
  for (const move of ['arm', 'undo', 'readBack'] as const) assert.equal((await idle[move]('mine'))[0]?.ok, true);
  assert.deepEqual(untouched.calls, []);
});

test('an effect that is there before, or that stays after the undo, is an error', async () => {
  const prove = HERE.replace('runner-hands', 'run-script');
  const there = await scene([planned('mine', { prove })]).startHands();
  assert.equal((await there.arm('mine'))[0]?.error, `its effect is there already: ${prove} ended with 0, and said: prove`);
});

test('an undo that failed is tried once more without the agent, and is not called clean while it fails', async () => {
  let undoEnds = 9;
  const { startHands, undoWithoutHands, calls } = scene([planned('mine')], { undo: () => undoEnds });
  const hands = await startHands();
  for (const move of ['arm', 'inject'] as const) await hands[move]('mine');
  assert.equal((await hands.undo('mine'))[0]?.ok, false);
  const first = await undoWithoutHands();
  assert.equal(first.clean, false);
  assert.match(first.detail, /swept; mine: a: .* ended with 9/);
  undoEnds = 0;
  assert.equal((await undoWithoutHands()).clean, true);
  assert.deepEqual(calls, ['run a', 'undo a', 'undo a', 'undo a']);
});

test('a move may take as long as its slowest script', () => {
  const fault = planned('mine', { timeout: '2m', prove: HERE });
  assert.ok(moveTimeoutMs(fault, 'inject') > 120_000 && moveTimeoutMs(fault, 'undo') > 120_000 && moveTimeoutMs(fault, 'prove') > 120_000);
});

const STARTED = { type: 'run.started', machine: { host: 'here' } };

function sweepOf(fault: PlannedFault, more: readonly object[], ended = 0) {
  const written: EventBody[] = [];
  const said: string[] = [];
  const calls: string[] = [];
  const events = [
    STARTED,
    { type: 'run.planned', plan: { faults: [fault] } },
    { type: 'fault.armed', fault: fault.name },
    ...more,
  ] as unknown as Event[];
  const run: RunScript = async (_call, { move }) => {
    calls.push(move);
    return { code: ended, said: '' };
  };
  const journal = { atMs: () => 7, append: (body: EventBody) => ({ ...body, at: written.push(body) }) as unknown as Event };
  return { written, said, calls, sweep: (host: string) => sweepScripts({ events, journal, say: (text) => said.push(text), host, run }) };
}

test('a sweep runs the undo of a script whose fault was intended, and writes that down', async () => {
  const { sweep, written, calls } = sweepOf(planned('mine'), [{ type: 'fault.intended', fault: 'mine' }]);
  assert.equal(await sweep('here'), true);
  assert.deepEqual(calls, ['undo']);
  assert.deepEqual(
    written.map(({ type }) => type),
    ['fault.undoing', 'fault.undone'],
  );
});

test('a sweep runs no undo of a script that was only armed, none on another machine, and none whose arguments it does not know', async () => {
  const armed = sweepOf(planned('mine'), []);
  assert.equal(await armed.sweep('here'), true);
  assert.deepEqual(armed.calls, []);
  const elsewhere = sweepOf(planned('mine'), [{ type: 'fault.intended', fault: 'mine' }]);
  assert.equal(await elsewhere.sweep('there'), false);
  assert.deepEqual([elsewhere.calls, elsewhere.said], [[], ['mine: only here has the scripts that undo it: run firedrill sweep there']]);
  const secret = sweepOf(planned('mine', { 'undo-args': ['--token=***'] }), [{ type: 'fault.intended', fault: 'mine' }]);
  assert.equal(await secret.sweep('here'), false);
  assert.deepEqual(secret.calls, []);
  assert.match(secret.said.join(), /hold a secret, which no journal has/);
});

test('a sweep whose undo script fails says so', async () => {
  const { sweep, written } = sweepOf(planned('mine'), [{ type: 'fault.intended', fault: 'mine' }], 9);
  assert.equal(await sweep('here'), false);
  assert.deepEqual(
    written.map(({ type }) => type),
    ['fault.undoing', 'fault.undo-failed'],
  );
});
