import assert from 'node:assert/strict';
import { test } from 'node:test';
import { k6DurationMs } from '../../../../../runners/load/k6/modules/duration.ts';
import { consolidate } from '../../../../../runners/load/k6/options/consolidate.ts';
import { environmentName, optionFromText, optionsFromEnvironment, parseOptions } from '../../../../../runners/load/k6/options/parse.ts';
import { OPTION_SCHEMAS, type OptionName, type Options } from '../../../../../runners/load/k6/options/schema.ts';

function options(given: unknown): Options {
  const parsed = parseOptions(given, 'test');
  assert.deepEqual(parsed.problems, []);
  return parsed.options;
}

test('durations are texts with units, or milliseconds', () => {
  const expected: readonly (readonly [string | number, number | undefined])[] = [
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['1d2h', 93_600_000],
    ['250ms', 250],
    ['500us', 0.5],
    ['.5s', 500],
    ['120', 120],
    [1500, 1500],
    ['0', 0],
    ['', undefined],
    ['soon', undefined],
    ['-5s', undefined],
    ['5 s', undefined],
    [-1, undefined],
    [Number.NaN, undefined],
  ];
  for (const [text, ms] of expected) assert.equal(k6DurationMs(text), ms, String(text));
});

test('every problem of the options is told, with its place', () => {
  const { problems, warnings } = parseOptions(
    {
      vus: -1,
      duration: 'soon',
      iterations: 1.5,
      stages: [{ duration: '5s', target: 'many' }],
      thresholds: { checks: [7] },
      vsu: 5,
      noConnectionReuse: 'yes',
    },
    'shop.js',
  );
  assert.deepEqual(problems, [
    'shop.js: vus must be 0 or more',
    "shop.js: duration must be a duration like 30s or 1m30s, not 'soon'",
    'shop.js: iterations must be a whole number',
    'shop.js: stages[0].target must be a whole number',
    "shop.js: thresholds.checks must be a text like 'p(95)<200', or {threshold, abortOnFail, delayAbortEval}",
    'shop.js: noConnectionReuse must be true or false',
  ]);
  assert.deepEqual(warnings, ["shop.js: there is no option 'vsu', it is passed over (did you mean 'vus'?)"]);
});

test('an option that firedrill does not honour is passed over aloud, or refused', () => {
  assert.match(parseOptions({ dns: { ttl: '1m' } }, 'shop.js').warnings[0] ?? '', /dns is passed over: names are looked up/);
  assert.match(parseOptions({ executionSegment: '0:1/2' }, 'shop.js').problems[0] ?? '', /executionSegment is not supported/);
  assert.match(parseOptions([], 'shop.js').problems[0] ?? '', /must be a map/);
});

test('null is not set', () => {
  assert.deepEqual(options({ vus: null, duration: null, tags: { a: 1 } }), { tags: { a: '1' } });
});

test('thresholds are texts or maps, alone or in a list', () => {
  const { thresholds } = options({
    thresholds: { a: 'rate<1', b: ['avg<5', { threshold: 'max<9', abortOnFail: true, delayAbortEval: '10s' }] },
  });
  assert.deepEqual(thresholds?.['a'], [{ threshold: 'rate<1', abortOnFail: false, delayAbortEval: undefined }]);
  assert.deepEqual(thresholds?.['b']?.[1], { threshold: 'max<9', abortOnFail: true, delayAbortEval: { ms: 10_000 } });
});

test('environment variables are named as in k6', () => {
  const names: readonly (readonly [OptionName, string])[] = [
    ['vus', 'K6_VUS'],
    ['maxRedirects', 'K6_MAX_REDIRECTS'],
    ['insecureSkipTLSVerify', 'K6_INSECURE_SKIP_TLS_VERIFY'],
    ['noVUConnectionReuse', 'K6_NO_VU_CONNECTION_REUSE'],
    ['blacklistIPs', 'K6_BLACKLIST_IPS'],
    ['batchPerHost', 'K6_BATCH_PER_HOST'],
    ['rps', 'K6_RPS'],
  ];
  for (const [name, variable] of names) assert.equal(environmentName(name), variable);
  assert.equal(
    new Set(Object.keys(OPTION_SCHEMAS).map((name) => environmentName(name as OptionName))).size,
    Object.keys(OPTION_SCHEMAS).length,
  );
});

test('texts of the environment become options, and wrong ones are told with their variable', () => {
  const parsed = optionsFromEnvironment({
    K6_VUS: '7',
    K6_STAGES: '10s:5,1m:20',
    K6_THROW: 'true',
    K6_SUMMARY_TREND_STATS: 'avg,p(99)',
    K6_DURATION: 'later',
    K6_ITERATIONS: 'ten',
    PATH: '/bin',
  });
  assert.equal(parsed.options.vus, 7);
  assert.deepEqual(parsed.options.stages, [
    { duration: { ms: 10_000 }, target: 5 },
    { duration: { ms: 60_000 }, target: 20 },
  ]);
  assert.equal(parsed.options.throw, true);
  assert.deepEqual(parsed.options.summaryTrendStats, ['avg', 'p(99)']);
  assert.deepEqual(parsed.problems, [
    "K6_ITERATIONS: 'ten' is not a whole number",
    "K6_DURATION: duration must be a duration like 30s or 1m30s, not 'later'",
  ]);
});

test('a text is read by the kind of its option', () => {
  assert.equal(optionFromText('vus', '12'), 12);
  assert.equal(optionFromText('throw', 'false'), false);
  assert.deepEqual(optionFromText('tags', 'a=1,b=x=y'), { a: '1', b: 'x=y' });
  assert.equal(optionFromText('thresholds', 'x'), undefined);
  for (const [name, text] of [
    ['vus', '1.5'],
    ['throw', 'maybe'],
    ['stages', '10s'],
    ['tags', 'novalue'],
  ] as const) {
    assert.throws(() => optionFromText(name, text), new RegExp(`'${text}'`));
  }
});

test('the later source wins, option by option', () => {
  const all = consolidate([
    options({ vus: 1, userAgent: 'file', batch: 3 }),
    options({ vus: 2, userAgent: 'script' }),
    options({ vus: 3 }),
  ]);
  assert.deepEqual(all, { vus: 3, userAgent: 'script', batch: 3 });
});

test('who says how the load goes replaces all that was said of it before', () => {
  const script = options({ vus: 4, stages: [{ duration: '5s', target: 2 }], thresholds: { checks: 'rate>0.9' } });
  const flags = options({ iterations: 10 });
  const all = consolidate([script, flags]);
  assert.equal(all.iterations, 10);
  assert.equal(all.stages, undefined);
  assert.equal(all.vus, 4);
  assert.ok(all.thresholds);
  const scenarios = options({ scenarios: { a: { executor: 'constant-vus', duration: '1s' } } });
  assert.equal(consolidate([scenarios, options({ duration: '5s' })]).scenarios, undefined);
  assert.ok(consolidate([scenarios, options({ vus: 5 })]).scenarios);
});
