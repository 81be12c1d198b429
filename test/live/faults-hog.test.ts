/** Connections and descriptors that run out: what a client of the target sees, and that all of them are given back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectionHog } from '../../runners/faults/connection-hog.ts';
import { type Actor, inside, openStage, type Stage } from '../helpers/agent-stage.ts';
import { drill, leftClean } from '../helpers/fault-drill.ts';

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

test('a target that is stopped or gone by the time of the undo is undone', async () => {
  const hog = await drill(stage, connectionHog, { port: PORT, connections: 10 }, [limited]);
  assert.equal((await hog.breakIt()).proven, true);
  await limited.container.stop();
  await hog.mend();
  await limited.container.remove({ force: true });
  await hog.mend();
  await hog.leave();
});
