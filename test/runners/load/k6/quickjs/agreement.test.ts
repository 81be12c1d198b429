/** Scripts that can go both ways do the same on both, in the same order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CALL_SCRIPTS } from '../transform/scripts-calls.ts';
import { ARRAY_SCRIPTS, CLASS_SCRIPTS } from '../transform/scripts-classes.ts';
import { FUNCTION_SCRIPTS } from '../transform/scripts-functions.ts';
import { MODULE_SCRIPTS } from '../transform/scripts-modules.ts';
import { eventsOf } from './both-paths.ts';
import { answering, REQUEST_SCRIPTS } from './scripts-requests.ts';
import { SURFACE_SCRIPTS } from './scripts-surface.ts';

const ALL = { ...CALL_SCRIPTS, ...CLASS_SCRIPTS, ...ARRAY_SCRIPTS, ...FUNCTION_SCRIPTS, ...MODULE_SCRIPTS, ...SURFACE_SCRIPTS };

for (const [title, files] of Object.entries(ALL)) {
  test(`${title}: the same on both paths`, async (t) => {
    const awaited = await eventsOf(t, files, 'transform');
    assert.ok(awaited.length > 2, 'something happens');
    assert.deepEqual(await eventsOf(t, files, 'quickjs'), awaited);
  });
}

for (const [title, script] of Object.entries(REQUEST_SCRIPTS)) {
  test(`${title}: the same on both paths`, async (t) => {
    const awaited = await eventsOf(t, script, 'transform', answering);
    assert.ok(awaited.length > 2, 'something happens');
    assert.ok(!awaited.some((event) => event.startsWith('thrown')), awaited.join('\n'));
    assert.deepEqual(await eventsOf(t, script, 'quickjs', answering), awaited);
  });
}
