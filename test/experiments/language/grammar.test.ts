/** Durations and thresholds by property: whatever is written comes back as the same length, or the same judgement. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { duration, formatMs, parseDurationMs } from '../../../experiments/language/duration.ts';
import { share } from '../../../experiments/language/names.ts';
import { AGGREGATIONS, OPERATORS, parseSelector, parseThreshold } from '../../../experiments/language/threshold.ts';

/** Numbers in [0, 1), the same in every run. */
function* seeded(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}

describe('durations', () => {
  test('are the sum of their parts', () => {
    const examples: readonly (readonly [string, number])[] = [
      ['0s', 0],
      ['250ms', 250],
      ['10s', 10_000],
      ['1m30s', 90_000],
      ['1.5s', 1500],
      ['2h', 7_200_000],
      ['1d', 86_400_000],
      ['500us', 0.5],
      ['1h2m3s4ms', 3_723_004],
    ];
    for (const [text, ms] of examples) assert.equal(parseDurationMs(text), ms, text);
  });

  test('without a unit, with a sign, a blank or a strange unit are none', () => {
    for (const text of ['', '10', '-1s', '1 s', '1S', '1sec', 's', '1.s', '1e3s', '∞'])
      assert.equal(parseDurationMs(text), undefined, text);
  });

  test('that are shown read back as themselves, to the tenth of a second above one second', () => {
    const random = seeded(1);
    for (let count = 0; count < 2000; count += 1) {
      const ms = Math.round(10 ** (random.next().value * 7));
      const back = parseDurationMs(formatMs(ms));
      const error = ms < 1000 ? 0 : 50;
      assert.ok(back !== undefined && Math.abs(back - ms) <= error, `${ms} → ${formatMs(ms)} → ${back}`);
    }
  });

  test('parse to milliseconds that carry their unit', () => {
    assert.deepEqual(duration.parse('1m'), { ms: 60_000 });
  });
});

describe('shares', () => {
  test('lie from nothing to all', () => {
    for (const [text, value] of [
      ['0%', 0],
      ['12%', 0.12],
      ['0.5%', 0.005],
      ['100%', 1],
    ] as const)
      assert.equal(share.parse(text), value);
    for (const text of ['101%', '-1%', '12', '%', '100.5%', '1 %']) assert.equal(share.safeParse(text).success, false, text);
  });
});

describe('thresholds', () => {
  test('of every aggregation and operator come back as they were written', () => {
    const random = seeded(2);
    for (const aggregation of [...AGGREGATIONS, 'p' as const]) {
      for (const operator of OPERATORS) {
        const percentile = Math.round(random.next().value * 1000) / 10;
        const bound = Math.round((random.next().value - 0.5) * 1e6) / 1000;
        const written = aggregation === 'p' ? `p(${percentile})` : aggregation;
        const text = `${written}${operator}${bound}`;
        assert.deepEqual(parseThreshold(text), { aggregation, ...(aggregation === 'p' ? { percentile } : {}), operator, bound, text });
        assert.deepEqual(parseThreshold(` ${written} ${operator} ${bound} `)?.bound, bound);
      }
    }
  });

  test('of another grammar are none', () => {
    for (const text of ['', 'rate', 'rate<', '<1', 'rate<<1', 'rate<1%', 'p(101)<1', 'p()<1', 'p95<1', 'rate<1 and count>2', 'Rate<1'])
      assert.equal(parseThreshold(text), undefined, text);
  });
});

describe('selectors', () => {
  test('hold the metric and its tags', () => {
    assert.deepEqual(parseSelector('http_req_failed'), { metric: 'http_req_failed', tags: {}, text: 'http_req_failed' });
    assert.deepEqual(parseSelector('checks{ region:sa-east-1, check:is: fresh }')?.tags, { region: 'sa-east-1', check: 'is: fresh' });
  });

  test('take any name of a tag, those of JavaScript included', () => {
    assert.deepEqual(Object.entries(parseSelector('m{constructor:a,__proto__:b}')?.tags ?? {}), [
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ]);
  });

  test('with a tag twice, without a colon, or unclosed are none', () => {
    for (const text of ['', '{a:b}', 'm{a:b,a:c}', 'm{a}', 'm{a:b', 'm}', 'm n']) assert.equal(parseSelector(text), undefined, text);
  });
});
