/** Connections and descriptors that run out: what a client of the target sees, and that all of them are given back. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { connectionHog } from '../../runners/faults/connection-hog.ts';
import { descriptorHog } from '../../runners/faults/descriptor-hog.ts';
import { leftClean } from '../helpers/agent-kill.ts';
import { type Actor, inside, openStage, type Stage, until } from '../helpers/agent-stage.ts';
import { drill } from '../helpers/fault-drill.ts';

const PORT = 7100;
const LIMIT = 40;
/** Answers at once, up to its limit of connections; what comes above it is not taken. */
const SERVER = `
const net = require('node:net');
const server = net.createServer((socket) => { socket.on('error', () => {}); socket.write('hello\\n'); socket.pipe(socket); });
server.maxConnections = Number(process.argv[1]);
server.listen(${PORT}, '0.0.0.0');
`;

let stage: Stage;
let limited: Actor;
let roomy: Actor;
let client: Actor;

before(async () => {
  stage = await openStage('faults-hog');
  const server = (name: string, limit: number) => stage.start(name, { Entrypoint: ['node', '-e', SERVER, String(limit)] });
  [limited, roomy] = await Promise.all([server('limited', LIMIT), server('roomy', 100_000)]);
  client = await stage.start('client', { Entrypoint: ['sleep', '600'] });
  assert.equal(await greeted(limited), true);
  assert.equal(await greeted(roomy), true);
});

after(() => stage?.remove());

/** Whether a client in another container is greeted by a fresh connection. */
async function greeted(server: Actor): Promise<boolean> {
  const script = `exec 3<>/dev/tcp/${server.address}/${PORT} && read -t 1 -r word <&3 && [ "$word" = hello ] && echo yes`;
  return (await inside(stage.docker, client.container, ['timeout', '2', 'bash', '-c', script])).includes('yes');
}

/** How many TCP connections are open in its network, both ends of those within. */
async function openIn(server: Actor): Promise<number> {
  return Number(
    (await inside(stage.docker, server.container, ['sh', '-c', 'cat /proc/net/tcp /proc/net/tcp6 | grep -c " 01 "; true'])).trim(),
  );
}

test('connections that a server takes are held, seen in its own list of sockets, and given back by an undo, twice', async () => {
  const before = await openIn(roomy);
  const hog = await drill(stage, connectionHog, { port: PORT, connections: 300 }, [roomy]);
  const proof = await hog.breakIt();
  assert.deepEqual([proof.proven, proof.facts], [true, { heldConnections: 300, waitingConnections: 0 }], proof.evidence);
  assert.equal((await openIn(roomy)) - before, 600);
  await hog.mend();
  assert.match(await hog.mend(), /no connection from 127\.\d+\.\d+\.\d+ is left/);
  assert.equal(await openIn(roomy), before);
  assert.equal(await greeted(roomy), true);
  await hog.leave();
});

test('the agent killed in the middle, its connections are gone with it', async () => {
  const before = await openIn(roomy);
  const hog = await drill(stage, connectionHog, { port: PORT, connections: 300 }, [roomy]);
  assert.equal((await hog.breakIt()).proven, true);
  assert.equal(leftClean(await hog.killAgent()), true);
  assert.equal(await openIn(roomy), before);
});

test('a port that nobody listens on is not armed; a server that closes what is above its limit is full to others, and not proven full', async () => {
  const nobody = await drill(stage, connectionHog, { port: 7101 }, [roomy]);
  assert.match((await nobody.armingError()) ?? '', /nobody listens on its port 7101/);
  await nobody.leave();
  const hog = await drill(stage, connectionHog, { port: PORT, connections: LIMIT }, [limited]);
  const proof = await hog.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  assert.equal(await greeted(limited), false, 'the client finds it full');
  await hog.mend();
  assert.equal(await greeted(limited), true);
  await hog.leave();
  const more = await drill(stage, connectionHog, { port: PORT, connections: 3 * LIMIT }, [limited]);
  const unproven = await more.breakIt(1_500);
  assert.deepEqual([unproven.proven, /closed again/.test(unproven.evidence)], [false, true], unproven.evidence);
  await more.mend();
  await more.leave();
});

/** The soft limit of open files of its first process, as the kernel tells the test. */
async function limitOf(server: Actor): Promise<string | undefined> {
  const { State } = await server.container.inspect();
  return /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${State.Pid}/limits`, 'utf8'))?.[1];
}

test('without descriptors a server greets nobody, and again after an undo, twice; those who are there already are served on', async () => {
  const before = await limitOf(roomy);
  const script = `exec 3<>/dev/tcp/${roomy.address}/${PORT} && read -r hello <&3; while sleep 0.1; do echo ping >&3; read -t 1 -r pong <&3 && echo "$pong"; done`;
  const there = await stage.start('there', { Entrypoint: ['bash', '-c', script] });
  const served = async () => (await there.container.logs({ stdout: true, stderr: true })).toString('utf8').split('ping').length - 1;
  await until('the one who is there is served', async () => (await served()) > 2);
  const hog = await drill(stage, descriptorHog, {}, [roomy]);
  const proof = await hog.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  assert.ok((proof.facts['untakenConnections'] ?? 0) > 0 && (proof.facts['openFiles'] ?? 0) > 0, JSON.stringify(proof.facts));
  assert.equal(await greeted(roomy), false);
  const count = await served();
  await until('the one who is there is served on', async () => (await served()) > count + 2);
  await hog.mend();
  assert.match(await hog.mend(), /no limit of its processes is lowered/);
  assert.equal(await limitOf(roomy), before);
  assert.equal(await greeted(roomy), true);
  await hog.leave();
});

test('so many as are left can be opened, and no more', async () => {
  const hog = await drill(stage, descriptorHog, { leave: 5, port: PORT }, [roomy]);
  assert.equal((await hog.breakIt()).proven, true);
  assert.equal(await greeted(roomy), true, 'five are left to it');
  await hog.mend();
  await hog.leave();
});

test('a server of an ordinary user, its agent killed, or gone with its memory: the limit that was found is back', async () => {
  const user = await stage.start('user', { Entrypoint: ['node', '-e', SERVER, '1000'], User: '1234:1234' });
  await until('it listens', () => greeted(user));
  const before = await limitOf(user);
  const killed = await drill(stage, descriptorHog, {}, [user]);
  assert.equal((await killed.breakIt()).proven, true);
  assert.notEqual(await limitOf(user), before);
  assert.equal(leftClean(await killed.killAgent()), true);
  assert.equal(await limitOf(user), before);
  const lost = await drill(stage, descriptorHog, {}, [user]);
  assert.equal((await lost.breakIt()).proven, true);
  assert.equal(await lost.loseAgent(), true);
  assert.equal(await limitOf(user), before);
  assert.equal(await greeted(user), true);
});

test('a process that listens nowhere is not armed; a limit that somebody raises again is not proven, and left to them', async () => {
  const silent = await drill(stage, descriptorHog, {}, [client]);
  assert.match((await silent.armingError()) ?? '', /none of these processes listens on any TCP port/);
  await silent.mend();
  await silent.leave();
  const nobody = await drill(stage, descriptorHog, { process: 'nginx' }, [roomy]);
  assert.match((await nobody.armingError()) ?? '', /none of its processes is called 'nginx'/);
  await nobody.mend();
  await nobody.leave();
  const hog = await drill(stage, descriptorHog, {}, [roomy]);
  for (const result of [...(await hog.agent.arm('fault')), ...(await hog.agent.inject('fault'))]) assert.equal(result.error, undefined);
  const { State } = await roomy.container.inspect();
  execFileSync('prlimit', ['--pid', String(State.Pid), '--nofile=5000:']);
  const unproven = descriptorHog.judgeProof({}, await hog.agent.prove('fault'));
  assert.deepEqual([unproven.proven, /no effect/.test(unproven.evidence)], [false, true], unproven.evidence);
  await hog.mend();
  assert.equal(await limitOf(roomy), '5000', 'somebody else’s');
  await hog.leave();
});

test('a target that is stopped or gone by the time of the undo is undone', async () => {
  const hog = await drill(stage, connectionHog, { port: PORT, connections: 10 }, [limited]);
  const none = await drill(stage, descriptorHog, {}, [limited]);
  assert.equal((await hog.breakIt()).proven, true);
  assert.equal((await none.breakIt()).proven, true);
  await limited.container.stop();
  for (const each of [none, hog]) await each.mend();
  await limited.container.remove({ force: true });
  for (const each of [none, hog]) {
    await each.mend();
    await each.leave();
  }
});
