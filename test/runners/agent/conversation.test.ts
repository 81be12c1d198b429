import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { conversation } from '../../../runners/agent/conversation.ts';
import type { AgentNotice } from '../../../runners/agent/protocol.ts';

/** A conversation with an agent that says what it is told to. */
function stage() {
  const streams = { input: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const notices: AgentNotice[] = [];
  const talk = conversation(streams, (notice) => notices.push(notice));
  const say = (line: unknown) => streams.stdout.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  return { ...streams, talk, notices, say };
}

const READY = { notice: 'ready', clockNs: '1', at: 'noon' } as const;

test('a request is one line, and is answered by the reply with its id', async () => {
  const { talk, input, say } = stage();
  const asked = talk.ask({ move: 'inject', fault: 'dark', timeoutMs: 5 }, 60_000);
  const [line] = await once(input, 'data');
  assert.deepEqual(JSON.parse(String(line)), { id: 1, move: 'inject', fault: 'dark', timeoutMs: 5 });
  say({ id: 2, ok: true, clockNs: '9', results: [] });
  say({ id: 1, ok: true, clockNs: '7', results: [] });
  assert.equal((await asked).clockNs, '7');
});

test('a refusal rejects with the agent’s words', async () => {
  const { talk, say } = stage();
  const asked = talk.ask({ move: 'keep' }, 60_000);
  say({ id: 1, ok: false, error: 'the agent is undoing everything' });
  await assert.rejects(asked, { message: 'the agent is undoing everything', exitCode: 2 });
});

test('an agent that undoes by itself is lost at once, with its reason', async () => {
  const { talk, notices, say } = stage();
  say(READY);
  await talk.ready;
  say({ notice: 'undoing', because: 'lease-expired', at: 'noon' });
  assert.equal(await talk.lost, 'the agent undid everything by itself: lease-expired');
  assert.equal(notices.length, 2);
});

test('an agent whose output ends fails all that wait, and its last words are told', async () => {
  const { talk, stdout, stderr } = stage();
  const asked = talk.ask({ move: 'keep' }, 60_000);
  stderr.write('Error: orders.json is not there\n');
  await new Promise(setImmediate);
  stdout.end();
  // No bug of ours: a run that loses its agent has too little evidence.
  await assert.rejects(asked, { message: /orders.json is not there/, code: 'agent-silent', exitCode: 2 });
  await assert.rejects(talk.ready, /orders.json is not there/);
  assert.match(await talk.lost, /the agent ended: Error: orders.json/);
});

test('an end that is expected is no loss', async () => {
  const { talk, stdout } = stage();
  talk.expectEnd();
  stdout.end();
  await talk.gone;
  assert.equal(await Promise.race([talk.lost, Promise.resolve('not lost')]), 'not lost');
});
