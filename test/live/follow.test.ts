/** A target that restarts, or is made anew, while a fault is in force: the fault is there again, and comes undone there too, whatever dies. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LABEL } from '../../runners/docker/labels.ts';
import { AGENT_IMAGE, inside, killOnHost, STAGE_LABEL, until } from '../helpers/agent-stage.ts';
import { latestEvents, latestReport } from '../helpers/firedrill-process.ts';
import { type TinySystem, tinyExperiment, tinySystem } from '../helpers/tiny-system.ts';

const OURS = /FIREDRILL-/;

let system: TinySystem;
let healthy: readonly string[];

before(async () => {
  system = await tinySystem('follow');
  const up = await system.run(['up', 'compose.yaml', '--yes']);
  assert.equal(up.exitCode, 0, up.stderr);
  healthy = await system.containers();
});

after(() => system.close());

async function allowed(service = 'allowed') {
  const label = [`com.docker.compose.project=${system.project}`, `com.docker.compose.service=${service}`];
  const [found] = await system.docker.listContainers({ filters: { label } });
  assert.ok(found, `the ${service} container does not run`);
  return system.docker.getContainer(found.Id);
}

/** The place of a service's container on its network. */
async function placeOf(service = 'allowed') {
  const { NetworkSettings } = await (await allowed(service)).inspect();
  const [place] = Object.values(NetworkSettings.Networks);
  assert.ok(place);
  return place;
}

/** Whether an address answers the container's connection, with a refusal or otherwise, within a second. */
async function reaches(address: string): Promise<boolean> {
  const script = `timeout 1 bash -c '</dev/tcp/${address}/9' 2>/dev/null; [ $? -ne 124 ] && echo answered`;
  return (await inside(system.docker, await allowed(), ['bash', '-c', script])).includes('answered');
}

const reachesItsGateway = async () => reaches((await placeOf()).Gateway);

/** The packet rules in the container's network; it has no tools of its own. */
async function rules(): Promise<string> {
  const looker = await system.docker.createContainer({
    Image: AGENT_IMAGE,
    Entrypoint: ['sh', '-c', 'iptables-nft-save; ip6tables-nft-save'],
    HostConfig: { NetworkMode: `container:${(await allowed()).id}`, CapAdd: ['NET_ADMIN'] },
    Labels: { [STAGE_LABEL]: 'follow' },
  });
  try {
    await looker.start();
    await looker.wait();
    return (await looker.logs({ stdout: true, stderr: true })).toString('utf8');
  } finally {
    await looker.remove({ force: true });
  }
}

const timesFollowed = (text: string) => text.split('done again on').length - 1;

test('a fault comes back on a target that restarts and on one that is made anew, and is undone there', async () => {
  assert.ok(await reachesItsGateway());
  const file = await system.experiment(tinyExperiment({ fault: 'network-blackout' }));
  const running = system.start(['run', file, '--yes']);
  await running.until(/in effect since/);
  assert.ok(!(await reachesItsGateway()));

  await (await allowed()).restart({ t: 0 });
  await running.until(/done again on/);
  assert.ok(!(await reachesItsGateway()), 'not dark after its restart');

  const before = (await allowed()).id;
  await (await allowed()).remove({ force: true });
  await system.run(['up', 'compose.yaml', '--yes']);
  assert.notEqual((await allowed()).id, before);
  await until('followed twice', async () => timesFollowed(await running.until(/done again on/)) === 2);
  assert.ok(!(await reachesItsGateway()), 'not dark after it was made anew');

  const outcome = await running.ended;
  assert.ok(outcome.exitCode === 0 || outcome.exitCode === 1, outcome.stdout + outcome.stderr);
  assert.equal((await latestReport(system.folder)).faults[0]?.state, 'undone');
  const followings = (await latestEvents(system.folder)).filter((event) => event.type === 'fault.following');
  assert.deepEqual(
    followings.map(({ from, to }) => from === to.id),
    [true, false],
  );
  assert.ok(await reachesItsGateway());
  assert.doesNotMatch(await rules(), OURS);
  assert.deepEqual(await system.containers(), healthy);
});

test('with runner and agent both killed, the agent that comes back undoes on the container that was made anew', async () => {
  const file = await system.experiment(tinyExperiment({ fault: 'network-blackout' }));
  const running = system.start(['run', file, '--yes']);
  await running.until(/in effect since/);
  await (await allowed()).remove({ force: true });
  await system.run(['up', 'compose.yaml', '--yes']);
  await running.until(/done again on/);
  assert.match(await rules(), OURS);
  const runId = await runningId();
  const [agent] = await system.docker.listContainers({ filters: { label: [`${LABEL.role}=agent`, `${LABEL.run}=${runId}`] } });
  assert.ok(agent);
  // Stopped first: at its death the agent would undo everything and leave before it could be killed.
  running.child.kill('SIGSTOP');
  await killOnHost(system.docker, (await system.docker.getContainer(agent.Id).inspect()).State.Pid);
  running.child.kill('SIGKILL');
  await running.ended;
  await until('undone by the agent that came back', async () => !OURS.test(await rules()), 20_000);
  assert.ok(await reachesItsGateway());
  const swept = await system.run(['sweep', runId, '--yes']);
  assert.equal(swept.exitCode, 0, swept.stdout + swept.stderr);
  assert.deepEqual(await system.containers(), healthy);
});

for (const [what, has] of [
  ['the journal says was followed', 'the journal'],
  ['the lock says was followed, from a folder without the journal', 'the lock alone'],
] as const) {
  test(`where the agent is gone with its memory, sweep undoes what ${what}`, () => sweptBy(has));
}

async function sweptBy(has: 'the journal' | 'the lock alone'): Promise<void> {
  const file = await system.experiment(tinyExperiment({ fault: 'network-blackout' }));
  const running = system.start(['run', file, '--yes']);
  await running.until(/in effect since/);
  await (await allowed()).restart({ t: 0 });
  await running.until(/done again on/);
  const runId = await runningId();
  const [agent] = await system.docker.listContainers({ filters: { label: [`${LABEL.role}=agent`, `${LABEL.run}=${runId}`] } });
  assert.ok(agent);
  running.child.kill('SIGSTOP');
  await system.docker.getContainer(agent.Id).remove({ force: true });
  running.child.kill('SIGKILL');
  await running.ended;
  assert.match(await rules(), OURS);
  if (has === 'the lock alone') await rm(join(system.folder, '.firedrill'), { recursive: true });
  const swept = await system.run(['sweep', runId, '--yes']);
  assert.equal(swept.exitCode, 0, swept.stdout + swept.stderr);
  assert.doesNotMatch(await rules(), OURS);
  assert.ok(await reachesItsGateway());
  assert.deepEqual(await system.containers(), healthy);
}

test('where the other end comes back under another address, the fault goes by that one, and comes undone', async () => {
  const text = tinyExperiment({ fault: 'network-partition, to: far' }).replace('targets: {', 'targets: {far: {service: refused}, ');
  const running = system.start(['run', await system.experiment(text), '--yes']);
  await running.until(/in effect since/);
  const { IPAddress: before, NetworkID } = await placeOf('refused');
  assert.ok(!(await reaches(before)));

  const far = await allowed('refused');
  await far.stop({ t: 0 });
  const squatter = await system.docker.createContainer({
    Image: AGENT_IMAGE,
    Entrypoint: ['sleep', '600'],
    HostConfig: { NetworkMode: NetworkID },
    Labels: { [STAGE_LABEL]: 'follow' },
  });
  try {
    await squatter.start();
    await far.start();
    const { IPAddress: now } = await placeOf('refused');
    assert.notEqual(now, before, 'somebody else has its address');
    await running.until(/done again on/);
    assert.ok(!(await reaches(now)), 'the other end is reached under its own address');
    assert.ok(await reaches(before), 'whoever has its old address is none of it');
    const outcome = await running.ended;
    assert.ok(outcome.exitCode === 0 || outcome.exitCode === 1, outcome.stdout + outcome.stderr);
    assert.ok(await reaches(now));
    assert.doesNotMatch(await rules(), OURS);
  } finally {
    await squatter.remove({ force: true });
  }
  assert.deepEqual(await system.containers(), healthy);
});

test('on-recreate: stop ends the run, undone, and nothing is done to the container that came', async () => {
  const text = tinyExperiment({ fault: 'network-blackout' }).replace('duration: 20s}', 'duration: 20s, on-recreate: stop}');
  const running = system.start(['run', await system.experiment(text), '--yes']);
  await running.until(/in effect since/);
  await (await allowed()).restart({ t: 0 });
  const outcome = await running.ended;
  assert.notEqual(outcome.exitCode, 0);
  assert.match(outcome.stdout, /allowed.* restarted under 'network-blackout'/);
  assert.ok(await reachesItsGateway());
  assert.doesNotMatch(await rules(), OURS);
  assert.deepEqual(await system.containers(), healthy);
});

test('a fault that kills its target itself does not follow the restart', async () => {
  const file = await system.experiment(tinyExperiment({ fault: 'container-kill', duration: '3s' }));
  const running = system.start(['run', file, '--yes']);
  await running.until(/in effect since/);
  await (await allowed().catch(() => undefined))?.start().catch(() => undefined);
  const outcome = await running.ended;
  assert.doesNotMatch(outcome.stdout, /done again/);
  assert.deepEqual(await system.containers(), healthy);
});

/** The run that holds the system's lock. */
async function runningId(): Promise<string> {
  const [lock] = await system.docker.listContainers({ all: true, filters: { label: [`${LABEL.lock}=${system.project}`] } });
  assert.ok(lock);
  return lock.Labels[LABEL.run] ?? '';
}
