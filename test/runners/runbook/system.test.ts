import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventBody } from '../../../runners/journal/events.ts';
import { restoreSystem, type System } from '../../../runners/runbook/system.ts';

/** Restores a system that was brought up, and answers with what the journal then says. */
async function restored(down: System['down']): Promise<readonly EventBody[]> {
  const events: EventBody[] = [];
  const system: System = {
    compose: '/compose.yaml',
    project: 'shop',
    state: async () => ({ state: 'healthy' }),
    up: async () => {},
    down,
    foundEnvironment: async () => ({}),
  };
  const append = (event: EventBody) => {
    events.push(event);
    return { ...event, atMs: 0, wall: '' };
  };
  await restoreSystem(system, { action: 'up', found: {}, keep: false }, { append });
  return events;
}

test('a system that was brought up is taken down, and the journal says so', async () => {
  assert.deepEqual(await restored(async () => []), [{ type: 'system.restored', ok: true, detail: 'taken down, as it was found' }]);
});

test('an empty network that the engine miscounts and keeps is named', async () => {
  const [event] = await restored(async () => ['shop_default']);
  assert.ok(event?.type === 'system.restored' && event.ok);
  assert.equal(
    event.detail,
    'taken down, but for the empty network shop_default: this engine miscounts what is on it, and keeps it until it restarts',
  );
});

test('what cannot be taken down is told with its reason', async () => {
  const [event] = await restored(() => Promise.reject(new Error('the engine is gone')));
  assert.deepEqual(event, { type: 'system.restored', ok: false, detail: 'the engine is gone' });
});
