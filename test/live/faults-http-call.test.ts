/** Calls from inside a container: a flag that they flip, what shows it, and that it is flipped back whoever dies. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { httpCall } from '../../runners/faults/http-call.ts';
import { type Actor, inside, openStage, type Stage, until } from '../helpers/agent-stage.ts';
import { type Play, play } from '../helpers/fault-life.ts';

/** A server of one flag, on port 80 of its own loopback only: from outside its container nobody reaches it. `POST /slow` fails twice. */
const FLAG_SERVER = `
let dark = false, refusals = 2, calls = 0;
require('node:http').createServer((request, response) => {
  const { method, url } = request;
  if (url === '/calls') return response.end(String(calls));
  if (method !== 'GET') calls++;
  if (url === '/unwilling' && refusals-- > 0) return response.writeHead(503).end('not yet');
  if (url === '/secret' && request.headers.authorization !== 'Bearer t0ken') return response.writeHead(403).end('who are you');
  if (method === 'POST') dark = true;
  if (method === 'DELETE' || url === '/unwilling') dark = false;
  response.end('dark is ' + (dark ? 'on' : 'off'));
}).listen(80, '127.0.0.1', () => console.log('listening'));
`;

const FLAG = 'http://flags.test/dark';
const FLIP = { url: FLAG, undo: { url: FLAG, method: 'DELETE' }, prove: { url: FLAG, says: 'dark is on' } };

let stage: Stage;
let server: Actor;
let playing: Play;

before(async () => {
  stage = await openStage('faults-http-call');
  server = await startServer('server');
  const call = (settings: object) => ({ fault: httpCall, targets: [server], settings });
  playing = await play(stage, 'http-call', {
    flip: call(FLIP),
    unwilling: call({ ...FLIP, undo: { url: 'http://flags.test/unwilling', method: 'PUT' } }),
    secret: call({ ...FLIP, url: 'http://flags.test/secret', headers: { authorization: 'Bearer t0ken' } }),
    'no-effect': call({ ...FLIP, url: FLAG, method: 'PUT' }),
    'no-answer': call({ url: 'http://127.0.0.1:81/', undo: FLIP.undo }),
    'no-name': call({ url: 'http://nobody.test/', undo: FLIP.undo }),
    forbidden: call({ url: 'http://flags.test/secret', undo: FLIP.undo }),
    'no-counterpart': call({ url: FLAG, prove: FLIP.prove }),
    'there-already': call(FLIP),
  });
});

after(async () => {
  try {
    await playing?.leave();
  } finally {
    await stage?.remove();
  }
});

async function startServer(name: string): Promise<Actor> {
  const actor = await stage.start(name, { Entrypoint: ['node', '-e', FLAG_SERVER], HostConfig: { ExtraHosts: ['flags.test:127.0.0.1'] } });
  await until('it listens', async () => (await ask(actor, '/dark')).startsWith('dark'));
  return actor;
}

/** What a process in the container is answered. */
async function ask({ container }: Actor, path: string, method = 'GET'): Promise<string> {
  const script = `fetch('http://127.0.0.1${path}', { method: '${method}' }).then((a) => a.text()).then(console.log, () => {})`;
  return (await inside(stage.docker, container, ['node', '-e', script])).trim();
}

test('a call flips the flag, is proven by what another call shows, and is undone by its counterpart', async (t) => {
  assert.equal(await ask(server, '/dark'), 'dark is off');
  const proof = await playing.breakIt('flip');
  assert.equal(proof.proven, true, proof.evidence);
  t.diagnostic(proof.evidence);
  assert.equal(proof.facts['status'], 200);
  assert.equal(await ask(server, '/dark'), 'dark is on');
  await playing.mend('flip');
  assert.equal(await ask(server, '/dark'), 'dark is off');
});

test('an undo twice calls the counterpart once', async () => {
  const calls = await ask(server, '/calls');
  for (const result of await playing.agent.undo('flip')) assert.equal(result.error, undefined);
  assert.equal(await ask(server, '/calls'), calls);
});

test('an undo that is refused at first is tried again', async () => {
  assert.equal((await playing.breakIt('unwilling')).proven, true);
  assert.match(await playing.mend('unwilling'), /answered 200/);
  assert.equal(await ask(server, '/dark'), 'dark is off');
});

test('headers go with the call', async () => {
  assert.equal((await playing.breakIt('secret')).proven, true);
  await playing.mend('secret');
});

test('a call that is answered and changes nothing is not proven', async () => {
  const proof = await playing.breakIt('no-effect', 600);
  assert.equal(proof.proven, false);
  assert.match(proof.evidence, /no effect: .*dark is off/);
  await playing.mend('no-effect');
});

test('a call that nobody answers, that names nobody, or that is refused, fails and is undone', async () => {
  for (const [name, error] of [
    ['no-answer', /ECONNREFUSED/],
    ['no-name', /nobody\.test|ENOTFOUND|ETIMEOUT|ESERVFAIL/],
    ['forbidden', /not what was expected: .* answered 403.*who are you/],
  ] as const) {
    for (const result of await playing.agent.arm(name)) assert.equal(result.error, undefined);
    assert.match((await playing.agent.inject(name))[0]?.error ?? '', error);
    await playing.mend(name);
  }
});

test('a call without a counterpart stays, and one whose effect is there already is refused', async () => {
  assert.equal((await playing.breakIt('no-counterpart')).proven, true);
  assert.match(await playing.mend('no-counterpart'), /without a counterpart is not undone/);
  assert.equal(await ask(server, '/dark'), 'dark is on');
  assert.match(await playing.refusal('there-already'), /there already: .*dark is on/);
  assert.equal(await ask(server, '/dark'), 'dark is on', 'what others flipped stays');
  await ask(server, '/dark', 'DELETE');
});

test('after kill -9 of the agent the flag is flipped back', async () => {
  const killing = await play(stage, 'http-call-killed', { flip: { fault: httpCall, settings: FLIP, targets: [server] } });
  assert.equal((await killing.breakIt('flip')).proven, true);
  assert.match(await killing.killAgent(), /DELETE .* was answered 200/);
  assert.equal(await ask(server, '/dark'), 'dark is off');
});

test('where the container is stopped by then, the undo says which call a person has to make', async () => {
  const own = await startServer('stopped');
  const stopping = await play(stage, 'http-call-stopped', { flip: { fault: httpCall, settings: FLIP, targets: [own] } });
  assert.equal((await stopping.breakIt('flip')).proven, true);
  await own.container.stop();
  assert.match(
    (await stopping.agent.undo('flip'))[0]?.error ?? '',
    /is not running, so that DELETE http:\/\/flags\.test\/dark cannot be called from it/,
  );
  await own.container.start();
  await until('it listens again', async () => (await ask(own, '/dark')).startsWith('dark'));
  await stopping.mend('flip');
  await stopping.leave();
});
