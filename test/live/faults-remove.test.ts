/** Removed containers are made anew as they were: what their neighbours see, what the engine says, what lies on their volumes. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { BASE_IMAGE } from '../../runners/docker/base-image.ts';
import { containerRemove } from '../../runners/faults/container-remove.ts';
import { leftClean } from '../helpers/agent-kill.ts';
import { type Actor, inside, openStage, STAGE_LABEL, type Stage } from '../helpers/agent-stage.ts';
import { drill } from '../helpers/fault-drill.ts';

const LABEL = 'faults-remove';
const NAME = `firedrill-test-remove-${process.pid}`;
const NETWORKS = [`${NAME}-front`, `${NAME}-back`] as const;
const VOLUME = `${NAME}-data`;
const MAC = '02:42:0a:63:00:07';
const run = promisify(execFile);

let stage: Stage;
let target: Actor;
let neighbour: Actor;
let unnamed: string;

before(async () => {
  stage = await openStage(LABEL);
  const { docker } = stage;
  const labels = { [STAGE_LABEL]: LABEL };
  await docker.createNetwork({ Name: NETWORKS[0], Labels: labels, IPAM: { Driver: 'default', Config: [{ Subnet: '10.99.77.0/24' }] } });
  await docker.createNetwork({ Name: NETWORKS[1], Labels: labels });
  await docker.createVolume({ Name: VOLUME, Labels: labels });
  const endpoint = { IPAMConfig: { IPv4Address: '10.99.77.7' }, Aliases: ['shop'] };
  target = await stage.start('target', {
    name: NAME,
    Image: BASE_IMAGE,
    Entrypoint: ['sleep', '600'],
    Env: ['MODE=odd'],
    MacAddress: MAC,
    Volumes: { '/unnamed': {} },
    HostConfig: {
      Binds: [`${VOLUME}:/named`],
      Memory: 64_000_000,
      MemorySwap: 64_000_000,
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
      Ulimits: [{ Name: 'nofile', Soft: 1000, Hard: 2000 }],
      NetworkMode: NETWORKS[0],
      ExtraHosts: ['elsewhere:10.0.0.1'],
    },
    NetworkingConfig: { EndpointsConfig: { [NETWORKS[0]]: endpoint } },
  });
  await docker.getNetwork(NETWORKS[1]).connect({ Container: target.ref.id, EndpointConfig: { Aliases: ['shop-back'] } });
  neighbour = await stage.start('neighbour', { Image: BASE_IMAGE, Entrypoint: ['sleep', '600'], HostConfig: { NetworkMode: NETWORKS[1] } });
  await docker.getNetwork(NETWORKS[0]).connect({ Container: neighbour.ref.id });
  const { Mounts } = await target.container.inspect();
  unnamed = Mounts.find((mount) => mount.Destination === '/unnamed')?.Name ?? '';
  assert.notEqual(unnamed, '');
  await inside(docker, target.container, ['sh', '-c', 'echo kept > /named/file; echo kept too > /unnamed/file']);
});

after(async () => {
  await current()
    .remove({ force: true })
    .catch(() => {});
  await stage?.remove();
  for (const name of NETWORKS) await stage?.docker.getNetwork(name).remove();
  for (const name of [VOLUME, unnamed]) await stage?.docker.getVolume(name).remove();
});

/** The container of that name, whichever it is by now. */
function current(): Docker.Container {
  return stage.docker.getContainer(NAME);
}

/** The target as it is by now, for the next drill. */
async function actor(): Promise<Actor> {
  const { Id } = await current().inspect();
  return { ...target, ref: { id: Id, name: NAME }, container: stage.docker.getContainer(Id) };
}

/** What the engine says of it, without what it gives anew to each container. */
async function described(): Promise<unknown> {
  const { Config, HostConfig, Mounts, NetworkSettings, Name, Image, State } = await current().inspect();
  const id = (await current().inspect()).Id.slice(0, 12);
  const networks = Object.entries(NetworkSettings.Networks).map(([name, each]) => [
    name,
    { IPAMConfig: each.IPAMConfig, Aliases: (each.Aliases ?? []).filter((alias: string) => alias !== id) },
  ]);
  const { Hostname, ...config } = Config;
  const { Binds, ...host } = HostConfig;
  return JSON.parse(
    JSON.stringify({
      Name,
      Image,
      Status: State.Status,
      ownHostname: Hostname === id,
      config,
      host: { ...host, Binds: Binds?.filter((bind) => !bind.startsWith(unnamed)) },
      mounts: Mounts.map(({ Name: volume, Destination, RW }) => ({ volume, Destination, RW })).sort((a, b) =>
        a.Destination < b.Destination ? -1 : 1,
      ),
      networks: networks.sort(),
      mac: NetworkSettings.Networks[NETWORKS[0]]?.MacAddress,
    }),
  );
}

async function resolved(name: string): Promise<string> {
  return (await inside(stage.docker, neighbour.container, ['getent', 'hosts', name])).trim();
}

async function files(): Promise<string> {
  return inside(stage.docker, current(), ['cat', '/named/file', '/unnamed/file']);
}

async function keepsakes(): Promise<number> {
  return (await stage.docker.listContainers({ all: true, filters: { name: ['FIREDRILL-'], label: ['firedrill.role=keepsake'] } })).filter(
    (each) => each.Labels['firedrill.kept']?.includes(NAME),
  ).length;
}

test('removed, its neighbours find it no more; undone twice it is what it was, with its data, its aliases and its fixed address', async () => {
  const [was, idBefore] = [await described(), (await current().inspect()).Id];
  assert.match(await resolved('shop'), /^10\.99\.77\.7 /);
  assert.notEqual(await resolved('shop-back'), '');
  const gone = await drill(stage, containerRemove, {}, [target]);
  const proof = await gone.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  assert.match(proof.evidence, /the engine knows it no more, the kernel runs its process \d+ no more/);
  assert.deepEqual([await resolved('shop'), await resolved('shop-back')], ['', '']);
  assert.equal(await keepsakes(), 1);
  assert.match(await gone.mend(), /made anew as/);
  assert.deepEqual(await described(), was);
  assert.notEqual((await current().inspect()).Id, idBefore);
  assert.match(await resolved('shop'), /^10\.99\.77\.7 /);
  assert.notEqual(await resolved('shop-back'), '');
  assert.equal(await files(), 'kept\nkept too\n');
  const { Id, State } = await current().inspect();
  await gone.mend();
  const again = await current().inspect();
  assert.deepEqual([again.Id, again.State.StartedAt, await keepsakes()], [Id, State.StartedAt, 0]);
  await gone.leave();
});

test('the agent killed in the middle makes it anew when it comes back; lost with its memory, a sweeper does', async () => {
  const was = await described();
  const killed = await drill(stage, containerRemove, {}, [await actor()]);
  assert.equal((await killed.breakIt()).proven, true);
  assert.equal(leftClean(await killed.killAgent()), true);
  assert.deepEqual([await described(), await files(), await keepsakes()], [was, 'kept\nkept too\n', 0]);
  const lost = await drill(stage, containerRemove, {}, [await actor()]);
  assert.equal((await lost.breakIt()).proven, true);
  assert.equal(await lost.loseAgent(), true);
  assert.deepEqual([await described(), await files(), await keepsakes()], [was, 'kept\nkept too\n', 0]);
});

test('armed and never removed, it is not touched, and nothing is left of the arming; without a removal nothing is proven', async () => {
  const { Id, State } = await current().inspect();
  const armed = await drill(stage, containerRemove, {}, [await actor()]);
  assert.equal(await armed.armingError(), undefined);
  const proof = containerRemove.judgeProof({}, await armed.agent.prove('fault', 300));
  assert.deepEqual([proof.proven, /says running/.test(proof.evidence)], [false, true]);
  assert.equal(leftClean(await armed.killAgent()), true);
  const now = await current().inspect();
  assert.deepEqual([now.Id, now.State.StartedAt, await keepsakes()], [Id, State.StartedAt, 0]);
});

test('one that somebody else made anew meanwhile is left alone', async () => {
  const taken = await stage.start('taken', { name: `${NAME}-taken`, Image: BASE_IMAGE, Entrypoint: ['sleep', '600'] });
  const named = { ...taken, ref: { ...taken.ref, name: `${NAME}-taken` } };
  const removal = await drill(stage, containerRemove, {}, [named]);
  assert.equal((await removal.breakIt()).proven, true);
  const other = await stage.start('other', { name: `${NAME}-taken`, Image: BASE_IMAGE, Entrypoint: ['sleep', '601'] });
  assert.match(await removal.mend(), /somebody made it anew already \(running\), and it is left alone/);
  const found = await stage.docker.getContainer(`${NAME}-taken`).inspect();
  assert.deepEqual([found.Id, found.Config.Entrypoint], [other.ref.id, ['sleep', '601']]);
  await removal.leave();
});

test('one that wrote outside volumes is not armed unless that may be lost; one that goes with --rm, or lends its network, never', async () => {
  const script = 'echo x > /etc/written; exec sleep 600';
  const writer = await stage.start('writer', { Image: BASE_IMAGE, Entrypoint: ['sh', '-c', script] });
  const refused = await drill(stage, containerRemove, {}, [writer]);
  assert.match((await refused.armingError()) ?? '', /wrote 1 files outside volumes.*\/etc\/written.*irreversible: accept/);
  await refused.leave();
  const accepted = await drill(stage, containerRemove, {}, [writer], { irreversible: true });
  assert.equal(await accepted.armingError(), undefined);
  await accepted.mend();
  await accepted.leave();
  const brief = await stage.start('brief', { Image: BASE_IMAGE, Entrypoint: ['sleep', '600'], HostConfig: { AutoRemove: true } });
  const rm = await drill(stage, containerRemove, {}, [brief]);
  assert.match((await rm.armingError()) ?? '', /--rm/);
  await rm.leave();
  const host = await stage.start('host', { Image: BASE_IMAGE, Entrypoint: ['sleep', '600'] });
  await stage.start('lodger', { Image: BASE_IMAGE, Entrypoint: ['sleep', '600'], HostConfig: { NetworkMode: `container:${host.ref.id}` } });
  const lent = await drill(stage, containerRemove, {}, [host]);
  assert.match((await lent.armingError()) ?? '', /use its network, and would lose it/);
  await lent.leave();
});

test('Compose takes the container that was made anew for its own, and finds it up to date', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-remove-'));
  const project = `${NAME}-compose`;
  const compose = (...args: readonly string[]) =>
    run('docker-compose', ['--project-name', project, '--file', join(folder, 'compose.yaml'), ...args], { cwd: folder });
  t.after(async () => {
    await compose('down', '--volumes', '--timeout', '0');
    await rm(folder, { recursive: true, force: true });
  });
  const services = {
    app: { image: BASE_IMAGE, command: ['sleep', '600'], labels: { [STAGE_LABEL]: LABEL }, volumes: ['data:/data', '/unnamed'] },
  };
  await writeFile(join(folder, 'compose.yaml'), JSON.stringify({ version: '3.7', services, volumes: { data: {} } }));
  await compose('up', '--detach');
  const id = (await compose('ps', '--quiet')).stdout.trim();
  const { Name } = await stage.docker.getContainer(id).inspect();
  const service: Actor = { ...target, ref: { id, name: Name.slice(1) }, container: stage.docker.getContainer(id) };
  const removal = await drill(stage, containerRemove, {}, [service]);
  assert.equal((await removal.breakIt()).proven, true);
  await removal.mend();
  await removal.leave();
  const { stdout, stderr } = await compose('up', '--detach');
  assert.match(stdout + stderr, /up-to-date/);
  const now = (await compose('ps', '--quiet')).stdout.trim();
  assert.notEqual(now, id);
  assert.equal((await stage.docker.getContainer(now).inspect()).Name, Name);
});
