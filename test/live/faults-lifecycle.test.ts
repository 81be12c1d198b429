/** Restarts, slow stops and signals on real containers: what proves them, and that nothing of them is still to come when they are undone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { containerKill } from '../../runners/faults/container-kill.ts';
import { containerRestart } from '../../runners/faults/container-restart.ts';
import { containerStop } from '../../runners/faults/container-stop.ts';
import { leftClean } from '../helpers/agent-kill.ts';
import { type Actor, inside, openStage, type Stage, until } from '../helpers/agent-stage.ts';
import { drill } from '../helpers/fault-drill.ts';

/** Notes its starts; takes its time over SIGTERM, and says so when it is told to reload. */
const RELUCTANT = `date +%s.%N >> /starts
trap 'echo reloading the configuration' HUP
trap 'sleep 3; exit 0' TERM
while true; do sleep 0.1; done`;
/** Healthy half a second after its start. */
const HEALTHY_LATE = 'rm -f /ready; date +%s.%N >> /starts; (sleep 1; touch /ready) & exec sleep 600';
const S_AS_NS = 1_000_000_000;

let stage: Stage;

before(async () => {
  stage = await openStage('faults-lifecycle');
});

after(() => stage?.remove());

function reluctant(name: string): Promise<Actor> {
  return stage.start(name, { Entrypoint: ['sh', '-c', RELUCTANT] });
}

async function startsOf(actor: Actor): Promise<number> {
  return (await inside(stage.docker, actor.container, ['cat', '/starts'])).trim().split('\n').length;
}

async function stateOf(actor: Actor) {
  return (await actor.container.inspect()).State;
}

test('a restart ends the process, and is undone when the container runs and is healthy again; undoing it twice starts it once', async () => {
  const target = await stage.start('healthy', {
    Entrypoint: ['sh', '-c', HEALTHY_LATE],
    Healthcheck: { Test: ['CMD', 'test', '-e', '/ready'], Interval: S_AS_NS / 2, Timeout: S_AS_NS, Retries: 100 },
  });
  await until('it is healthy', async () => (await stateOf(target)).Health?.Status === 'healthy');
  const restart = await drill(stage, containerRestart, { grace: '0s' }, [target]);
  const pidBefore = (await stateOf(target)).Pid;
  const proof = await restart.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  assert.match(proof.evidence, new RegExp(`runs its process ${pidBefore} no more`));
  assert.match(await restart.mend(), /running, healthy after \d+ ms/);
  const state = await stateOf(target);
  assert.deepEqual([state.Status, state.Health?.Status, await startsOf(target)], ['running', 'healthy', 2]);
  await restart.mend();
  assert.equal(await startsOf(target), 2);
  await restart.leave();
});

test('a restart whose agent dies in the middle heals, and its successor waits for it', async () => {
  const target = await reluctant('restarted');
  const restart = await drill(stage, containerRestart, { grace: '60s' }, [target]);
  const [armed] = [...(await restart.agent.arm('fault')), ...(await restart.agent.inject('fault'))];
  assert.equal(armed?.error, undefined);
  assert.equal(leftClean(await restart.killAgent()), true);
  assert.equal((await stateOf(target)).Running, true);
  assert.equal(await startsOf(target), 2);
  await sleep(4_000);
  assert.equal(await startsOf(target), 2, 'nothing was still to come');
});

test('a stop that is cut short by its undo is not still to come: the container runs, and goes on running', async () => {
  const target = await reluctant('stopped');
  const stop = await drill(stage, containerStop, { grace: '60s' }, [target]);
  for (const result of [...(await stop.agent.arm('fault')), ...(await stop.agent.inject('fault'))]) assert.equal(result.error, undefined);
  assert.match(await stop.mend(), /its stop was still to come; it was ended and started again/);
  await sleep(4_000);
  assert.deepEqual([(await stateOf(target)).Running, await startsOf(target)], [true, 2]);
  assert.match(await stop.mend(), /found running, and is left alone/);
  await stop.leave();
});

test('a stop is proven when the process has ended, however long its grace', async () => {
  const target = await reluctant('stopped-in-time');
  const stop = await drill(stage, containerStop, { grace: '20s' }, [target]);
  const proof = await stop.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  const state = await stateOf(target);
  assert.deepEqual([state.Running, state.ExitCode], [false, 0], 'it had the time that it asked for');
  assert.equal(leftClean(await stop.killAgent()), true);
  assert.equal((await stateOf(target)).Running, true);
});

test('a signal that the process lives through is proven by what its log says after, and leaves it running', async () => {
  const target = await reluctant('reloaded');
  await sleep(300);
  const settings = { signal: 'SIGHUP', says: 'reloading the configuration' };
  const reload = await drill(stage, containerKill, settings, [target]);
  const proof = await reload.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  await reload.mend();
  assert.deepEqual([(await stateOf(target)).Running, await startsOf(target)], [true, 1]);
  await reload.leave();
});

test('a signal after which the log does not say it is not proven, and one that the process does not handle is not armed', async () => {
  const target = await reluctant('unmoved');
  await sleep(300);
  const silent = await drill(stage, containerKill, { signal: 'SIGHUP', says: 'something else' }, [target]);
  const proof = await silent.breakIt(700);
  assert.deepEqual([proof.proven, proof.evidence.includes("did not say 'something else'")], [false, true]);
  await silent.mend();
  await silent.leave();
  const unheard = await drill(stage, containerKill, { signal: 'SIGUSR1', says: 'anything' }, [target]);
  assert.match((await unheard.armingError()) ?? '', /does not handle SIGUSR1/);
  await unheard.leave();
});

test('a stop of a container that is gone by the time of its undo is undone', async () => {
  const target = await reluctant('gone');
  const stop = await drill(stage, containerStop, { grace: '0s' }, [target]);
  assert.equal((await stop.breakIt()).proven, true);
  await target.container.remove({ force: true });
  assert.match(await stop.mend(), /it is gone/);
  await stop.leave();
});
