import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Moments } from '../../../../runners/load/generator/moments.ts';
import { begin, listen, OK, onRequests, scenarioOf } from '../support.ts';

test('a moment is told to those who wait for it, before and after, and only the first telling counts', async () => {
  const moments = new Moments();
  const early = moments.when({ of: 'fault', fault: 'blackout' });
  const come = { moment: { of: 'fault', fault: 'blackout' }, atMs: 7, earliestMs: 9 } as const;
  moments.tell({ ...come, moment: { of: 'undo', fault: 'blackout' }, atMs: 1 });
  moments.tell(come);
  moments.tell({ ...come, atMs: 100 });
  assert.equal((await early).atMs, 7);
  assert.equal((await moments.when(come.moment)).atMs, 7);
  assert.deepEqual([moments.has({ of: 'fault', fault: 'blackout' }), moments.has({ of: 'fault', fault: 'other' })], [true, false]);
});

test('a scenario that waits for a fault begins with it, so many seconds later, in each of several processes', async (t) => {
  const port = await listen(t, (socket) => onRequests(socket, () => socket.write(OK)));
  const url = `http://127.0.0.1:${port}/`;
  const settings = { rate: 100, duration: '500ms' };
  const waiting = (of: 'fault' | 'undo', ms: number) => ({ ms, after: { of, fault: 'blackout' } });
  const scenarios = [
    scenarioOf({ name: 'steady', url, settings: { rate: 50, duration: '4s' } }),
    scenarioOf({ name: 'during', url, settings, startTime: waiting('fault', 300) }),
    scenarioOf({ name: 'after', url, settings, startTime: waiting('undo', 0) }),
  ];
  const { run, sums, series, nowMs } = begin(t, scenarios, { generators: 2 });
  while (sums.planned === 0) await sleep(20);
  const inEffectMs = nowMs();
  run.happened({ of: 'fault', fault: 'other' }, inEffectMs - 1000);
  run.happened({ of: 'fault', fault: 'blackout' }, inEffectMs);
  await sleep(700);
  const undoneMs = nowMs();
  run.happened({ of: 'undo', fault: 'blackout' }, undoneMs);
  await run.done;
  const began = (name: string) => {
    const ids = series.filter(({ scenario }) => scenario === name).map(({ id }) => id);
    const cells = sums.cells.filter((cell) => ids.includes(cell.series) && cell.planned);
    return {
      fromMs: Math.min(...cells.map(({ bucketMs }) => bucketMs)),
      planned: cells.reduce((sum, cell) => sum + (cell.planned ?? 0), 0),
    };
  };
  const [during, after] = [began('during'), began('after')];
  assert.deepEqual([during.planned, after.planned], [50, 50]);
  assert.ok(
    during.fromMs + 100 > inEffectMs + 300 && during.fromMs <= inEffectMs + 300,
    `${during.fromMs} ms, in effect at ${inEffectMs} ms`,
  );
  assert.ok(after.fromMs + 100 > undoneMs && after.fromMs <= undoneMs + 150, `${after.fromMs} ms, undone at ${undoneMs} ms`);
});

test('a scenario whose fault never comes never begins, and that is said once', async (t) => {
  const port = await listen(t, (socket) => onRequests(socket, () => socket.write(OK)));
  const url = `http://127.0.0.1:${port}/`;
  const notes: string[] = [];
  const scenarios = [
    scenarioOf({ name: 'steady', url, settings: { rate: 20, duration: '500ms' } }),
    scenarioOf({ name: 'during', url, startTime: { ms: 0, after: { of: 'fault', fault: 'blackout' } } }),
  ];
  const { run, sums } = begin(t, scenarios, { generators: 2, onNote: (level, text) => notes.push(`${level}: ${text}`) });
  while (sums.planned < 10) await sleep(20);
  await run.stop();
  const totals = await run.done;
  assert.equal(totals.planned, 10);
  assert.deepEqual(notes, ['warning: load scenario during never began: it was to start after fault:blackout, which never came']);
});
