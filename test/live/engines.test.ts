/** One run on two engines: struck together, proven and undone on each, whoever dies. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type Docker from 'dockerode';
import { BASE_IMAGE } from '../../runners/docker/base-image.ts';
import { connectEngine } from '../../runners/docker/engine.ts';
import { LABEL } from '../../runners/docker/labels.ts';
import { AGENT_IMAGE, openStage, STAGE_LABEL, until } from '../helpers/agent-stage.ts';
import { firedrill, latestEvents, latestReport, scratchFolder, startFiredrill } from '../helpers/firedrill-process.ts';
import { type SecondEngine, startSecondEngine } from '../helpers/second-engine.ts';

const NAME = `firedrill-test-engines-${process.pid}`;

let here: Docker;
let second: SecondEngine;
let folder: string;
/** As DOCKER_CERT_PATH names one; a certificate that signed itself serves for the engine, for its clients and for both to trust. */
let certificates: string;

before(
  async () => {
    // Makes sure of the images that the second engine is given.
    await (await openStage('engines')).remove();
    folder = await scratchFolder('engines');
    here = await connectEngine(process.env);
    certificates = join(folder, 'certificates');
    await mkdir(certificates);
    for (const [from, to] of [
      ['localhost.crt', 'ca.pem'],
      ['localhost.crt', 'cert.pem'],
      ['localhost.key', 'key.pem'],
    ] as const) {
      await copyFile(new URL(`../runners/load/fixtures/${from}`, import.meta.url), join(certificates, to));
    }
    second = await startSecondEngine(certificates);
    await second.load(BASE_IMAGE, AGENT_IMAGE);
    for (const docker of [here, second.docker]) {
      const container = await docker.createContainer({
        name: NAME,
        Image: BASE_IMAGE,
        Cmd: ['sleep', 'infinity'],
        StopTimeout: 0,
        HostConfig: { NetworkMode: 'none' },
        Labels: { [LABEL.allow]: 'true', [STAGE_LABEL]: NAME },
      });
      await container.start();
    }
    await writeFile(join(folder, 'drill.yaml'), EXPERIMENT());
  },
  { timeout: 300_000 },
);

after(async () => {
  await here.getContainer(NAME).remove({ force: true });
  await second.close();
  await rm(folder, { recursive: true, force: true });
});

const EXPERIMENT = () => `title: Two engines
engines: {second: "${second.host}"}
targets:
  near: {name: ${NAME}}
  far: {engine: second, name: ${NAME}}
probes:
  far-state: {probe: container, target: far, every: 250ms}
steady-state-hypothesis:
  - {reading: far-state, tolerance: running}
method:
  - {at: 3s, fault: container-pause, name: near-pauses, target: near, duration: 3s}
  - {at: 3s, fault: container-pause, name: far-pauses, target: far, duration: 3s}
objectives:
  comes-back: {fault: far-pauses, good: {reading: far-state, tolerance: running}, recovered-within: 10s}
watch: 10s
limits: {max-share: 100%}
`;

async function states(): Promise<readonly string[]> {
  const found = await Promise.all([here, second.docker].map((docker) => docker.getContainer(NAME).inspect()));
  return found.map(({ State }) => State.Status);
}

/** What firedrill has on both engines for a run. */
async function madeFor(runId: string): Promise<readonly string[]> {
  const lists = await Promise.all(
    [here, second.docker].map((docker) => docker.listContainers({ all: true, filters: { label: [`${LABEL.run}=${runId}`] } })),
  );
  return lists.flat().flatMap((each) => each.Names);
}

async function runIdOf(): Promise<string> {
  const [lock] = await second.docker.listContainers({ all: true, filters: { label: [`${LABEL.role}=lock`] } });
  return lock?.Labels[LABEL.run] ?? '';
}

test('plan finds the containers of both, and names the engine', async () => {
  const { stdout, exitCode } = await firedrill(['plan', 'drill.yaml'], folder);
  assert.equal(exitCode, 0);
  assert.ok(stdout.includes(`second/${NAME}: `), stdout);
  assert.match(stdout, /Blast radius: 2 of 2 containers/);
});

test('a run strikes on both, proves and undoes on both, on one clock, and leaves nothing on either', async () => {
  const running = startFiredrill(['run', 'drill.yaml', '--yes'], folder);
  await running.until(/far-pauses in effect since/);
  await running.until(/near-pauses in effect since/);
  assert.deepEqual(await states(), ['paused', 'paused']);
  const runId = await runIdOf();
  const outcome = await running.ended;
  assert.equal(outcome.exitCode, 0, outcome.stdout + outcome.stderr);
  assert.deepEqual(await states(), ['running', 'running']);
  assert.deepEqual(
    (await latestReport(folder)).faults.map(({ name, state }) => [name, state]),
    [
      ['near-pauses', 'undone'],
      ['far-pauses', 'undone'],
    ],
  );
  const injected = (await latestEvents(folder)).filter((event) => event.type === 'fault.injected');
  assert.deepEqual(injected.flatMap(({ acts }) => acts.map(({ container }) => container)).sort(), [NAME, `second/${NAME}`].sort());
  for (const { askedAtMs, acts } of injected) {
    for (const act of acts) assert.ok(act.atMs >= askedAtMs - 5 && act.atMs < askedAtMs + 2000, `${act.atMs} for ${askedAtMs}`);
  }
  assert.deepEqual(await madeFor(runId), []);
});

test('after kill -9 of the runner both are back within a second, and sweep clears both', async (context) => {
  const running = startFiredrill(['run', 'drill.yaml', '--yes'], folder);
  await running.until(/far-pauses in effect since/);
  await running.until(/near-pauses in effect since/);
  const runId = await runIdOf();
  running.child.kill('SIGKILL');
  const startMs = performance.now();
  await until('both run', async () => (await states()).every((state) => state === 'running'), 5_000);
  context.diagnostic(`both running ${Math.round(performance.now() - startMs)} ms after kill -9`);
  await running.ended;
  const swept = await firedrill(['sweep', runId, '--yes'], folder);
  assert.equal(swept.exitCode, 0, swept.stdout + swept.stderr);
  assert.deepEqual(await madeFor(runId), []);
});

test('where the agent of the other engine is gone too, sweep undoes there what the journal says', async () => {
  const running = startFiredrill(['run', 'drill.yaml', '--yes'], folder);
  await running.until(/far-pauses in effect since/);
  const runId = await runIdOf();
  running.child.kill('SIGSTOP');
  await second.docker.getContainer(`firedrill-agent-${runId}`).remove({ force: true });
  running.child.kill('SIGKILL');
  await running.ended;
  await until('the near one runs', async () => (await states())[0] === 'running', 5_000);
  assert.equal((await states())[1], 'paused');
  const swept = await firedrill(['sweep', runId, '--yes'], folder);
  assert.equal(swept.exitCode, 0, swept.stdout + swept.stderr);
  assert.deepEqual(await states(), ['running', 'running']);
  assert.deepEqual(await madeFor(runId), []);
});

test('an emergency stop on either engine ends the whole run; a held one lets none begin', async () => {
  await writeFile(join(folder, 'long.yaml'), EXPERIMENT().replaceAll('duration: 3s', 'duration: 60s'));
  const running = startFiredrill(['run', 'long.yaml', '--yes'], folder);
  await running.until(/near-pauses in effect since/);
  const stopped = await firedrill(['stop', '--hold'], folder, { DOCKER_HOST: second.host });
  assert.equal(stopped.exitCode, 0, stopped.stdout + stopped.stderr);
  assert.equal((await running.ended).exitCode, 5);
  assert.deepEqual(await states(), ['running', 'running']);
  const refused = await firedrill(['run', 'drill.yaml', '--yes'], folder);
  assert.equal(refused.exitCode, 7);
  assert.match(refused.stderr, /held by an emergency stop/);
  assert.equal((await firedrill(['stop', '--release'], folder, { DOCKER_HOST: second.host })).exitCode, 0);
});

test('two names of one engine, and an engine that does not answer, are refused', async () => {
  const twice = EXPERIMENT().replace(second.host, 'unix:///var/run/docker.sock');
  await writeFile(join(folder, 'twice.yaml'), twice);
  assert.match((await firedrill(['plan', 'twice.yaml'], folder)).stderr, /same engine/);
  await writeFile(join(folder, 'gone.yaml'), EXPERIMENT().replace(second.host, 'unix:///nowhere/docker.sock'));
  const gone = await firedrill(['plan', 'gone.yaml'], folder);
  assert.equal(gone.exitCode, 7);
  assert.match(gone.stderr, /does not answer/);
});

test('an engine that is reached by TLS is struck, proven and undone like the other, also after kill -9 of the runner', async () => {
  const address = `{host: "tcp://127.0.0.1:${await second.passTls()}", tls: certificates}`;
  await writeFile(join(folder, 'tls.yaml'), EXPERIMENT().replace(`"${second.host}"`, address));
  const outcome = await firedrill(['run', 'tls.yaml', '--yes'], folder);
  assert.equal(outcome.exitCode, 0, outcome.stdout + outcome.stderr);
  const running = startFiredrill(['run', 'tls.yaml', '--yes'], folder);
  await running.until(/far-pauses in effect since/);
  await running.until(/near-pauses in effect since/);
  const runId = await runIdOf();
  running.child.kill('SIGKILL');
  await until('both run', async () => (await states()).every((state) => state === 'running'), 5_000);
  await running.ended;
  const swept = await firedrill(['sweep', runId, '--yes'], folder);
  assert.equal(swept.exitCode, 0, swept.stdout + swept.stderr);
  assert.deepEqual(await madeFor(runId), []);
});

test('an engine that listens for TLS is not reached without it', async () => {
  await writeFile(join(folder, 'bare.yaml'), EXPERIMENT().replace(second.host, `tcp://127.0.0.1:${await second.passTls()}`));
  const refused = await firedrill(['plan', 'bare.yaml'], folder);
  assert.equal(refused.exitCode, 7, refused.stdout);
  assert.match(refused.stderr, /does not answer/);
});
