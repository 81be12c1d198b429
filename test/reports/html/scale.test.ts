import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelPlaces } from '../../../reports/html/curves/label-places.ts';
import { renderPath, thinned } from '../../../reports/html/curves/path.ts';
import { shortContainerName } from '../../../reports/html/lanes/container-name.ts';
import { safeColour } from '../../../reports/html/palette.ts';
import { linearAxis, logAxis, niceCeiling, timeAxis, timeTicks } from '../../../reports/html/scale.ts';

test('time ticks are round, few, and read as seconds or as minutes', () => {
  assert.deepEqual(
    timeAxis(90_000).ticks.map((tick) => tick.text),
    ['0s', '10s', '20s', '30s', '40s', '50s', '60s', '70s', '80s', '90s'],
  );
  assert.deepEqual(
    timeAxis(300_000).ticks.map((tick) => tick.text),
    ['0:00', '0:30', '1:00', '1:30', '2:00', '2:30', '3:00', '3:30', '4:00', '4:30', '5:00'],
  );
  for (const length of [1, 700, 9000, 61_000, 3_600_000, 86_400_000]) {
    const { ticks } = timeAxis(length);
    assert.ok(ticks.length >= 1 && ticks.length <= 14, `${ticks.length} ticks for ${length}`);
  }
});

test('ticks that count from a proof have their zero there', () => {
  const ticks = timeTicks(90_000, 20_013);
  assert.deepEqual(ticks[0], { atMs: 13, text: '-20s' });
  assert.deepEqual(ticks[2], { atMs: 20_013, text: '0s' });
  assert.ok(ticks.every((tick) => tick.atMs >= 0 && tick.atMs <= 90_000));
});

test('a moment outside the axis is held at its edge', () => {
  const axis = timeAxis(10_000);
  assert.deepEqual([-5, 0, 2500, 10_000, 99_999].map(axis.percent), [0, 0, 25, 100, 100]);
});

test('value axes begin at zero, end above the greatest value, and have round ticks', () => {
  assert.deepEqual([0.3, 1, 1.1, 2.4, 7, 60].map(niceCeiling), [0.5, 1, 2, 2.5, 10, 100]);
  assert.deepEqual(linearAxis(157, 100).ticks, [0, 50, 100, 150, 200]);
  assert.deepEqual(linearAxis(1, 100).ticks, [0, 0.25, 0.5, 0.75, 1]);
  const axis = linearAxis(157, 100);
  assert.deepEqual([0, 100, 200].map(axis.y), [100, 50, 0]);
  assert.ok(linearAxis(0, 100).ticks.length > 1);
});

test('a log axis encloses its values between powers of ten and drops ticks that would collide', () => {
  assert.deepEqual(logAxis(3, 2400, 132).ticks, [1, 10, 100, 1000, 10_000]);
  assert.deepEqual(logAxis(3, 2400, 64).ticks, [1, 100, 10_000]);
  assert.equal(logAxis(3, 2400, 100).y(100), 50);
  assert.equal(logAxis(3, 2400, 100).y(0), 100);
});

test('a gap in the data is a gap in the curve, and a lonely point is a dot', () => {
  const axis = timeAxis(1000);
  const points = [1, 2, null, 3, null, 4, 5].map((value, index) => ({ atMs: index * 100, value }));
  assert.equal(
    renderPath(points, axis, (value) => value),
    'M0 1L100 2M300 3h.1M500 4L600 5',
  );
});

test('thinning keeps the worst of each group, or its mean, and never fills a gap', () => {
  const points = [1, 9, 2, null, null, null, 4, null].map((value, index) => ({ atMs: index * 100, value }));
  assert.deepEqual(thinned(points, 4, 'worst'), [
    { atMs: 50, value: 9 },
    { atMs: 250, value: 2 },
    { atMs: 450, value: null },
    { atMs: 650, value: 4 },
  ]);
  assert.equal(thinned(points, 4, 'mean')[0]?.value, 5);
  assert.deepEqual(thinned(points, 8, 'mean'), points);
});

test('labels stand beside their curves, apart from each other, inside the panel', () => {
  assert.deepEqual(labelPlaces([{ wantedPx: 20 }, { wantedPx: 80 }], 14, 100), [13, 73]);
  const crowded = labelPlaces([{ wantedPx: 100 }, { wantedPx: 100 }, { wantedPx: 99 }], 14, 100);
  assert.deepEqual(crowded, [72, 86, 58]);
  const many = labelPlaces(
    Array.from({ length: 10 }, () => ({ wantedPx: 5 })),
    14,
    100,
  );
  assert.deepEqual(
    many,
    Array.from({ length: 10 }, (_, index) => index * 14),
  );
});

test('only a colour gets into a style', () => {
  for (const colour of ['#7b3294', 'tomato', 'rgb(1, 2, 3)', 'oklch(60% 0.1 200)']) assert.equal(safeColour(colour), colour);
  for (const colour of ['red;background:url(x)', '#12', 'url(x)', 'var(--x)', '']) assert.equal(safeColour(colour), 'var(--muted)');
});

test('container names lose what Compose puts around the service, and nothing else', () => {
  assert.deepEqual(
    ['shop_web_1', 'shop-web-1', 'shop_web_2', 'shopping_web_1', 'shop_1', 'web'].map((name) => shortContainerName(name, 'shop')),
    ['web', 'web', 'web_2', 'shopping_web_1', '1', 'web'],
  );
  assert.equal(shortContainerName('shop_web_1', null), 'shop_web_1');
});
