import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseClaim } from '../../../experiments/language/claim.ts';
import { complaintsOf, experimentOf, problemsOf, unindent } from './support.ts';

const HEAD = `title: x
system: compose.yaml
targets: {web: {service: web}}
load:
  scenarios:
    viewers: {executor: constant-vus, vus: 1, duration: 1s, tags: {region: home}, requests: [{url: "http://a"}]}
probes: {jobs: {probe: noop}}
method: [{at: 1s, fault: noop, name: midnight, target: web}]
variants: {old: {}, new: {environment: {BUILD: new}}}
`;

function drill(...comparisons: readonly string[]): string {
  return `${HEAD}comparisons:\n${comparisons.map((each, index) => `  c${index + 1}: {${each}}`).join('\n')}\n`;
}

describe('the grammar of claims', () => {
  it('is an operator and a bound, in percent of the baseline or in the unit of the measure', () => {
    assert.deepEqual(parseClaim(' difference <= -20% '), { operator: '<=', bound: -0.2, relative: true, text: 'difference <= -20%' });
    assert.deepEqual(parseClaim('difference>0.5'), { operator: '>', bound: 0.5, relative: false, text: 'difference>0.5' });
    assert.deepEqual(parseClaim('difference within 10%'), {
      operator: 'within',
      bound: 0.1,
      relative: true,
      text: 'difference within 10%',
    });
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      'difference',
      'difference==0',
      'difference<x',
      'ratio<1',
      'difference within 0',
      'difference within -5%',
      'difference<5 %%',
    ])
      assert.equal(parseClaim(text), undefined, text);
  });
});

describe('comparisons in an experiment', () => {
  it('say what is measured, of which variants, and what is claimed', () => {
    const { comparisons } = experimentOf(
      drill(
        'variant: [new, plain], baseline: old, measure: {load: "http_req_latency{region:home}", aggregate: p(99)}, when: since, expect: difference<5%',
        'measure: {reading: jobs, aggregate: max, per: midnight.asked}, expect: difference<=-20%',
        'variant: new, baseline: plain, measure: {spread: "peak(http_reqs)"}, expect: difference within 10%',
      ),
    );
    assert.deepEqual(comparisons?.['c1']?.variant, ['new', 'plain']);
    assert.equal(comparisons?.['c1']?.when, 'since');
    assert.equal(comparisons?.['c2']?.when, 'whole');
    assert.deepEqual(comparisons?.['c2']?.measure, {
      reading: 'jobs',
      aggregate: { aggregation: 'max' },
      per: { fault: 'midnight', fact: 'asked' },
    });
    assert.deepEqual(comparisons?.['c3']?.measure, { spread: { measure: 'peak', of: 'http_reqs', tags: {}, text: 'peak(http_reqs)' } });
  });

  it('are none where there are none', () => {
    assert.equal('comparisons' in experimentOf(HEAD), false);
  });

  it('are refused where a variant, a metric, a probe or a fault is none, or a measure does not suit', () => {
    const measure = 'measure: {load: http_req_failed, aggregate: rate}';
    assert.equal(
      complaintsOf(
        drill(
          `variant: nwe, baseline: old, ${measure}, expect: difference<0`,
          `variant: [old], baseline: old, ${measure}, expect: difference<0`,
          'measure: {load: http_req_faild, aggregate: rate}, expect: difference<0',
          'measure: {load: http_req_failed, aggregate: p(95)}, expect: difference<0',
          'measure: {reading: jbos, aggregate: value}, expect: difference<0',
          'measure: {spread: "entropy(regoin)"}, expect: difference<0',
          `${measure}, fault: midnigth, expect: difference<0`,
        ),
      ),
      unindent(`
        drill.yaml:11:17: there is no variant 'nwe'
          hint: did you mean 'new'?
          11 |   c1: {variant: nwe, baseline: old, measure: {load: http_req_failed, aggregate: rate}, expect: difference<0}
             |                 ^^^

        drill.yaml:12:18: 'old' is compared with itself
          hint: name two variants that differ
          12 |   c2: {variant: [old], baseline: old, measure: {load: http_req_failed, aggregate: rate}, expect: difference<0}
             |                  ^^^

        drill.yaml:13:24: there is no metric 'http_req_faild'
          hint: did you mean 'http_req_failed'?
          13 |   c3: {measure: {load: http_req_faild, aggregate: rate}, expect: difference<0}
             |                        ^^^^^^^^^^^^^^

        drill.yaml:14:52: 'p(N)' does not suit http_req_failed
          hint: http_req_failed takes rate, count
          14 |   c4: {measure: {load: http_req_failed, aggregate: p(95)}, expect: difference<0}
             |                                                    ^^^^^

        drill.yaml:15:27: there is no probe 'jbos'
          hint: did you mean 'jobs'?
          15 |   c5: {measure: {reading: jbos, aggregate: value}, expect: difference<0}
             |                           ^^^^

        drill.yaml:15:44: 'value' is of single readings, and a run has many
          hint: write avg, max, med, p(95) or delta
          15 |   c5: {measure: {reading: jbos, aggregate: value}, expect: difference<0}
             |                                            ^^^^^

        drill.yaml:16:26: no scenario has a tag 'regoin', and no probe is called so
          hint: did you mean 'region'?
          16 |   c6: {measure: {spread: "entropy(regoin)"}, expect: difference<0}
             |                          ^^^^^^^^^^^^^^^^^

        drill.yaml:17:66: there is no fault in the method called 'midnigth'
          hint: did you mean 'midnight'?
          17 |   c7: {measure: {load: http_req_failed, aggregate: rate}, fault: midnigth, expect: difference<0}
             |                                                                  ^^^^^^^^
      `),
    );
  });

  it('are refused where they are not written as they should be, each with its place', () => {
    const codes = problemsOf(
      drill(
        'measure: {load: http_req_failed, aggregate: rate}, expect: at least 20% lower',
        'measure: {load: http_req_failed, aggregate: rat}, expect: difference<0',
        'measure: {load: http_req_failed, reading: jobs, aggregate: rate}, expect: difference<0',
        'measure: {spread: "peak(http_reqs)>3"}, expect: difference<0',
        'measure: {load: http_req_failed, aggregate: rate}, when: afterwards, expect: difference<0',
        'expect: difference<0',
      ),
    ).map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
    assert.deepEqual(codes, [
      "11:67 wrong-value 'at least 20% lower' is not a claim",
      "12:52 wrong-value 'rat' is not an aggregation",
      '13:17 ambiguous a measure takes one of load, reading or spread, not load and reading together',
      "14:26 wrong-value 'peak(http_reqs)>3' is not a measure of spread",
      "15:65 wrong-value 'afterwards' is none of whole, before, during, since, after",
      "16:3 missing-key missing key 'measure'",
    ]);
  });

  it('are refused on the clock of a fault where the method has none', () => {
    const text = 'title: x\nload: {scenarios: {a: {executor: constant-vus, vus: 1, duration: 1s, requests: [{url: "http://a"}]}}}\n';
    const [problem, ...others] = problemsOf(
      `${text}comparisons: {c: {measure: {load: http_reqs, aggregate: rate}, when: during, expect: difference<0}}\n`,
    );
    assert.equal(problem?.message, "'during' counts from a fault, and the method has none");
    assert.equal(others.length, 0);
  });

  it('leave two names of variants to themselves', () => {
    const messages = problemsOf(HEAD.replace('old: {}', 'plain: {}, all: {}')).map(({ message }) => message);
    assert.deepEqual(messages, [
      "'plain' means the file as it stands, where variants are named",
      "'all' means all variants, where variants are named",
    ]);
  });
});
