import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { figuresOf } from './figures.ts';
import { readRounds } from './rounds.ts';

const beside = (path: string) => new URL(path, import.meta.url);
const rounds = readRounds(beside('rounds.ndjson'));

test('the figures in docs/torture.md are those of the rounds in the file', () => {
  const page = readFileSync(beside('../../docs/torture.md'), 'utf8');
  assert.ok(page.includes(`\n${figuresOf(rounds)}\n`), 'type: npm run torture -- --sum');
});

test('in no round that is in the file anything was left at the end', () => {
  assert.deepEqual(
    rounds.filter(({ left }) => left.length > 0).map(({ seed, round }) => [seed, round]),
    [],
  );
});

test('a round with something left, and one with a broken promise, are counted', () => {
  const [first] = rounds;
  assert.ok(first);
  const worse = { ...first, victim: 'runner' as const, left: ['a rule'], leftBeforeSweep: ['a rule'], broken: ['late'] };
  const times = { beganMs: 40, because: 'input-ended', faults: [{ fault: 'noop-1', backMs: 100, tookMs: 1 }] };
  assert.match(figuresOf([{ ...worse, ground: 'fabric', times }]), /^\| runner \| 1 \| 1 \| 1 \| 1 \| 40 \| 60 \| 0 \|$/m);
});
