/** Processes that die inside their containers, whoever they belong to, and how they come back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BASE_IMAGE } from '../../runners/docker/base-image.ts';
import { processKill } from '../../runners/faults/process-kill.ts';
import { leftClean } from '../helpers/agent-kill.ts';
import { type Actor, inside, openStage, type Stage, until } from '../helpers/agent-stage.ts';
import { drill } from '../helpers/fault-drill.ts';

/** Starts three workers, which are no root, and another in the place of each that ends. */
const SUPERVISOR = `date +%s.%N >> /tmp/starts
work() { while true; do setpriv --reuid=1234 --clear-groups /tmp/worker 600; echo another >> /tmp/respawns; sleep 0.3; done; }
cp /bin/sleep /tmp/worker; chmod 755 /tmp/worker
work & work & work & wait`;
/** Starts them once. */
const CARELESS = `date +%s.%N >> /tmp/starts; cp /bin/sleep /tmp/worker; /tmp/worker 600 & /tmp/worker 600 & while true; do wait; sleep 600; done`;

let stage: Stage;
let supervised: Actor;
let careless: Actor;

before(async () => {
  stage = await openStage('faults-processes');
  const target = (name: string, script: string) =>
    stage.start(name, { Image: BASE_IMAGE, Entrypoint: ['sh', '-c', script], HostConfig: { Tmpfs: { '/tmp': 'exec' } } });
  [supervised, careless] = await Promise.all([target('supervised', SUPERVISOR), target('careless', CARELESS)]);
  await until('the workers work', async () => (await workers(supervised)).length === 3 && (await workers(careless)).length === 2);
});

after(() => stage?.remove());

/** Process numbers inside the container. */
async function workers(actor: Actor): Promise<readonly string[]> {
  const script = 'for p in $(cd /proc; echo [0-9]*); do [ "$(cat /proc/$p/comm 2>/dev/null)" = worker ] && echo $p; done; true';
  return (await inside(stage.docker, actor.container, ['sh', '-c', script])).trim().split('\n').filter(Boolean);
}

async function linesOf(actor: Actor, path: string): Promise<number> {
  return (await inside(stage.docker, actor.container, ['sh', '-c', `cat ${path} 2>/dev/null || true`])).trim().split('\n').filter(Boolean)
    .length;
}

async function running(actor: Actor) {
  const { State } = await actor.container.inspect();
  return { running: State.Running, startedAt: State.StartedAt };
}

test('two of three workers of another user die at once, others come in their place, and the container never ended', async () => {
  const [was, before] = [await workers(supervised), await running(supervised)];
  const death = await drill(stage, processKill, { process: 'worker', pick: 2 }, [supervised]);
  const proof = await death.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  assert.deepEqual(proof.facts, { killed: 2 });
  assert.match(await death.mend(), /they run again; 3 processes match worker/);
  const now = await workers(supervised);
  assert.deepEqual([now.length, now.filter((pid) => was.includes(pid)).length], [3, 1]);
  assert.equal(await linesOf(supervised, '/tmp/respawns'), 2);
  await death.mend();
  assert.deepEqual([await workers(supervised), await running(supervised)], [now, before]);
  await death.leave();
});

test('workers whom nobody starts anew stay dead until the undo restarts their container, once', async () => {
  const death = await drill(stage, processKill, { pattern: '^/tmp/worker', back: 'restart' }, [careless]);
  assert.equal((await death.breakIt()).proven, true);
  assert.deepEqual(await workers(careless), []);
  assert.match(await death.mend(), /the container was restarted; it was restarted/);
  await until('they work again', async () => (await workers(careless)).length === 2);
  const { startedAt } = await running(careless);
  await death.mend();
  assert.equal((await running(careless)).startedAt, startedAt);
  await death.leave();
});

test('the agent killed in the middle brings them back all the same', async () => {
  const { startedAt } = await running(careless);
  const death = await drill(stage, processKill, { process: 'worker', 'respawn-within': '500ms' }, [careless]);
  assert.equal((await death.breakIt()).proven, true);
  assert.equal(leftClean(await death.killAgent()), true);
  await until('they work again', async () => (await workers(careless)).length === 2);
  assert.notEqual((await running(careless)).startedAt, startedAt);
});

test('a signal that they live through is not proven; a name that nobody has, or only the first process, is not armed', async () => {
  const harmless = await drill(stage, processKill, { process: 'worker', signal: 'SIGWINCH' }, [supervised]);
  const proof = await harmless.breakIt(500);
  assert.deepEqual([proof.proven, /3 of 3 processes live on/.test(proof.evidence)], [false, true]);
  await harmless.mend();
  await harmless.leave();
  const nobody = await drill(stage, processKill, { process: 'nobody' }, [supervised]);
  assert.match((await nobody.armingError()) ?? '', /none of its processes matches nobody; there are: .*worker/);
  await nobody.leave();
  const sleeper = await stage.start('sleeper', { Image: BASE_IMAGE, Entrypoint: ['sleep', '600'] });
  const first = await drill(stage, processKill, { process: 'sleep' }, [sleeper]);
  assert.match((await first.armingError()) ?? '', /only the first one matches sleep: to end that, use container-kill/);
  await first.leave();
});

test('a container that ended meanwhile is started, and one that is gone is gone', async () => {
  const death = await drill(stage, processKill, { process: 'worker' }, [supervised]);
  assert.equal((await death.breakIt()).proven, true);
  await supervised.container.stop();
  await death.mend();
  assert.equal((await running(supervised)).running, true);
  await supervised.container.remove({ force: true });
  assert.match(await death.mend(), /it is gone/);
  await death.leave();
});
