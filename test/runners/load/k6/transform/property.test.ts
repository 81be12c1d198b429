import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawProgram } from './draw-program.ts';
import { bothTraces } from './fake-host.ts';

const PROGRAMS = 500;
/** Of the drawn programs, those that really wait somewhere; the others prove nothing. */
const WAITING_MIN = 400;

test('drawn programs do the same in the same order once they are rewritten', async () => {
  let waiting = 0;
  for (let seed = 1; seed <= PROGRAMS; seed += 1) {
    const program = drawProgram(seed);
    const { script, plain, rewritten } = await bothTraces(program);
    assert.deepEqual(script.obstacles, [], `seed ${seed}:\n${program}`);
    assert.deepEqual(rewritten, plain, `seed ${seed}:\n${program}`);
    if (plain.some((line) => line.startsWith('< '))) waiting += 1;
  }
  assert.ok(waiting >= WAITING_MIN, `${waiting} programs wait`);
});
