import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderPlan } from '../../../reports/terminal/plan.ts';
import { widthOf } from '../../../reports/terminal/text.ts';
import { samplePlan } from './sample-run.ts';

test('the plan reads as the golden text', () => {
  const golden = readFileSync(new URL('./golden/plan.txt', import.meta.url), 'utf8');
  assert.equal(`${renderPlan(samplePlan(), { color: false, columns: 90 })}\n`, golden);
});

test('the plan says for each fault what is done to whom and who undoes it', () => {
  const text = renderPlan(samplePlan(), { color: false, columns: Number.POSITIVE_INFINITY });
  for (const fault of samplePlan().faults) for (const effect of fault.effects) assert.ok(text.includes(effect), effect);
  assert.match(text, /undone by the agent/);
  assert.match(text, /undone by nobody: what it does stays done/);
  assert.match(text, /3 of 31 containers/);
});

test('on a narrow terminal the effects are wrapped, and none of their words is lost', () => {
  const wide = renderPlan(samplePlan(), { color: false, columns: 500 });
  const narrow = renderPlan(samplePlan(), { color: false, columns: 50 });
  assert.deepEqual(narrow.split(/\s+/), wide.split(/\s+/));
  const effects = narrow.split('\n').filter((line) => line.startsWith('    '));
  assert.ok(effects.length > 4 && effects.every((line) => widthOf(line) <= 50));
});

test('colour adds escape codes and nothing else', () => {
  const plain = renderPlan(samplePlan(), { color: false, columns: 90 });
  const painted = renderPlan(samplePlan(), { color: true, columns: 90 });
  assert.notEqual(painted, plain);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with one
  const bare = painted.replace(/\u001b\[\d+m/g, '').split('\n');
  assert.deepEqual(
    bare.map((line) => line.trimEnd()),
    plain.split('\n'),
  );
});
