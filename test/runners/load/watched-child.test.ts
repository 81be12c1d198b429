import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { WatchedChild, type WatchedChildOptions } from '../../../runners/load/watched-child.ts';

function start(t: TestContext, more: Partial<WatchedChildOptions> = {}) {
  const heard: unknown[] = [];
  const file = new URL('./fixtures/talker.ts', import.meta.url);
  const child = new WatchedChild({ file, silenceMsMax: 60_000, bootMsMax: 60_000, hear: (message) => heard.push(message), ...more });
  t.after(() => child.kill());
  return { child, heard };
}

test('what a child tells is heard, and its end is told with its last words', async (t) => {
  const { child, heard } = start(t);
  child.tell({ say: { type: 'hello' } });
  child.tell({ write: 'out of luck\n', exit: 3 });
  assert.deepEqual(await child.ended, { how: 'exit code 3', silentMs: undefined, stderr: 'out of luck\n', failure: undefined });
  assert.deepEqual(heard, [{ type: 'hello' }]);
  child.tell({ say: 'to nobody' });
});

test('a message that cannot be read ends the child, and nothing is heard after it', async (t) => {
  const heard: unknown[] = [];
  const { child } = start(t, {
    hear: (message) => {
      heard.push(message);
      throw new TypeError('that is no message');
    },
  });
  for (const say of ['garbage', 'more of it']) child.tell({ say });
  const { how, failure } = await child.ended;
  assert.equal(how, 'SIGKILL');
  assert.match(String(failure), /TypeError: that is no message/);
  assert.deepEqual(heard, ['garbage']);
});

test('a child that falls silent is killed; while it boots it may take longer', async (t) => {
  const { child } = start(t, { silenceMsMax: 500, bootMsMax: 2000, hear: () => child.booted() });
  child.tell({ say: 1 });
  assert.equal((await child.ended).silentMs, 500);
  const booting = start(t, { silenceMsMax: 500, bootMsMax: 1500 });
  assert.equal((await booting.child.ended).silentMs, 1500);
});

test('who is stuck may still say where, and is killed as soon as that is written', async (t) => {
  const { child } = start(t, { silenceMsMax: 500, bootMsMax: 0, lastWords: { mark: 'stuck at', msMax: 60_000 } });
  setTimeout(() => child.tell({ write: 'stuck at line 5\n' }), 1500);
  const { silentMs, stderr } = await child.ended;
  assert.deepEqual([silentMs, stderr], [500, 'stuck at line 5\n']);
  const mute = start(t, { silenceMsMax: 500, bootMsMax: 0, lastWords: { mark: 'stuck at', msMax: 500 } });
  assert.deepEqual([(await mute.child.ended).silentMs, (await mute.child.ended).stderr], [500, '']);
});

test('a child that does not go is made to, and one that has gone is not waited for', async (t) => {
  const { child } = start(t);
  await child.goneWithin(200);
  assert.equal((await child.ended).how, 'SIGKILL');
  await child.goneWithin(60_000);
});

test('of what a child writes the end is kept', async (t) => {
  const { child } = start(t);
  child.tell({ write: 'x'.repeat(100_000) });
  child.tell({ write: 'the end', exit: 0 });
  const { stderr } = await child.ended;
  assert.equal(stderr.length, 16_384);
  assert.ok(stderr.endsWith('xthe end'));
});
