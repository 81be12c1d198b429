import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerKill } from '../../../runners/faults/container-kill.ts';
import { containerRemove } from '../../../runners/faults/container-remove.ts';
import { containerRestart } from '../../../runners/faults/container-restart.ts';
import type { FaultContext } from '../../../runners/faults/fault.ts';
import { networkDisconnect } from '../../../runners/faults/network-disconnect.ts';
import { processKill } from '../../../runners/faults/process-kill.ts';
import { plannedTarget } from '../../helpers/planned-target.ts';

const TARGET = plannedTarget('a', '10.0.0.1');
const CONTEXT: FaultContext = { targets: [TARGET], select: () => [], seed: 42 };
const CONTAINER = { id: 'id-a', name: 'a' };

test('a kill is proven by the end of the process, or by what the log says where it lives through the signal', () => {
  assert.deepEqual(containerKill.plan({}, CONTEXT).operations, [{ op: 'engine', container: CONTAINER, call: 'kill', signal: 'SIGKILL' }]);
  const reload = containerKill.plan({ signal: 'SIGHUP', says: 'reloaded' }, CONTEXT);
  assert.deepEqual(reload.operations, [{ op: 'signal', container: CONTAINER, signal: 'SIGHUP', says: 'reloaded' }]);
  assert.deepEqual(reload.effects, ["a: sent SIGHUP, and says 'reloaded'"]);
});

for (const [signal, why] of [
  ['SIGFOO', /is not a signal of Linux; write it like SIGKILL/],
  ['9', /is not a signal of Linux/],
  ['SIGSTOP', /for that there is container-pause/],
] as const) {
  test(`a kill by ${signal} is refused with what to write instead`, () => {
    assert.throws(() => containerKill.plan({ signal }, CONTEXT), why);
  });
}

test('a restart heals by itself, and waits as long as it is told', () => {
  const { operations } = containerRestart.plan({ grace: '1500ms', 'healthy-within': '1m' }, CONTEXT);
  assert.deepEqual(operations, [{ op: 'restart', container: CONTAINER, graceS: 2, healthyWithinMs: 60_000 }]);
  assert.equal(containerRestart.undoneBy, 'heals');
  assert.throws(() => containerRestart.plan({ grace: '6m' }, CONTEXT), /5m at most/);
  assert.throws(() => containerRestart.plan({ 'healthy-within': '6m' }, CONTEXT), /5m at most/);
});

test('a removal loses what lies outside volumes only where the step accepts it', () => {
  const loses = (irreversible: boolean) => containerRemove.plan({}, { ...CONTEXT, irreversible }).operations;
  assert.deepEqual(loses(false), [{ op: 'remove', container: CONTAINER, loseLayer: false }]);
  assert.deepEqual(loses(true), [{ op: 'remove', container: CONTAINER, loseLayer: true }]);
});

test('a task of a Swarm service is neither removed nor restarted: what takes its place would have another name', () => {
  const task = { ...TARGET, labels: { 'com.docker.swarm.task.id': 't' } };
  assert.throws(() => containerRemove.plan({}, { ...CONTEXT, targets: [task] }), {
    code: 'swarm-task',
    message: /cannot be made anew .*: a\.$/,
  });
  assert.throws(() => containerRestart.plan({}, { ...CONTEXT, targets: [task] }), {
    code: 'swarm-task',
    message: /cannot be restarted .*: a\.$/,
  });
});

test('a process-kill names its processes once, by name or by pattern, and says how they come back', () => {
  const plan = (settings: object) => processKill.plan(settings, CONTEXT);
  const [operation] = plan({ process: 'worker', pick: 2 }).operations;
  assert.deepEqual(operation, {
    op: 'process-kill',
    container: CONTAINER,
    choice: { name: 'worker', pick: { count: 2 }, seed: 42 },
    signal: 'SIGKILL',
    respawnWithinMs: 5_000,
  });
  assert.deepEqual(plan({ pattern: 'job --id \\d+', pick: '50%', back: 'restart' }).effects, [
    'a: 50% of the processes /job --id \\d+/ killed by SIGKILL; it is restarted at the end',
  ]);
  for (const settings of [{}, { process: 'a', pattern: 'b' }]) assert.throws(() => plan(settings), { code: 'process-unnamed' });
  assert.throws(() => plan({ pattern: '(' }), /is not a regular expression/);
  assert.throws(() => plan({ process: 'a', signal: 'SIGSTOP' }), /container-pause/);
});

test('a disconnection says of what network, and that the interface may come back under another name', () => {
  const [everywhere] = networkDisconnect.plan({}, CONTEXT).effects;
  assert.match(everywhere ?? '', /^a: off every network; before Docker 28 .*\(eth1 for eth0\)$/);
  assert.match(networkDisconnect.plan({ network: 'back' }, CONTEXT).effects[0] ?? '', /^a: off the network back;/);
});
