import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSpread } from '../../../experiments/language/spread.ts';
import { complaintsOf, experimentOf, problemsOf, unindent } from './support.ts';

const LOAD = `
load:
  scenarios:
    here: {executor: constant-vus, vus: 1, duration: 1s, tags: {region: home, build: old}, requests: [{url: "http://a"}]}
    there: {executor: constant-vus, vus: 1, duration: 1s, tags: {region: far, build: new}, requests: [{url: "http://a"}]}
probes:
  instance-load: {probe: noop}
`;

function drill(...conditions: readonly string[]): string {
  return `title: x${LOAD}stop-when:\n${conditions.map((condition) => `  - {spread: "${condition}"}`).join('\n')}\n`;
}

describe('the grammar of measures of spread', () => {
  it('is a measure, what it is taken of, and a bound', () => {
    assert.deepEqual(parseSpread(' entropy( region ) > 0.9 '), {
      measure: 'entropy',
      of: 'region',
      tags: {},
      operator: '>',
      bound: 0.9,
      text: 'entropy( region ) > 0.9',
    });
  });

  it('takes tags in braces, a percentile for delta, a value for share and two for z', () => {
    const delta = parseSpread('delta(region{scenario:viewers,tier:gold}, p(99.9))<=5e1');
    assert.ok(typeof delta !== 'string');
    assert.deepEqual([delta.tags, delta.percentile, delta.operator, delta.bound], [{ scenario: 'viewers', tier: 'gold' }, 99.9, '<=', 50]);
    const z = parseSpread('z(build, v1.2-a, v1.3)<1.96');
    assert.ok(typeof z !== 'string');
    assert.deepEqual(z.values, ['v1.2-a', 'v1.3']);
    const share = parseSpread('share(start, warm)>=0.95');
    assert.ok(typeof share !== 'string');
    assert.equal(share.value, 'warm');
    const middle = parseSpread('delta(region, med)<50');
    assert.ok(typeof middle !== 'string' && middle.percentile === 50);
  });

  it('says what is wrong with anything else', () => {
    const form = 'is not a measure of spread and its bound; write it like entropy(region)>0.9';
    for (const text of [
      '',
      'entropy',
      'entropy(region)',
      'entropy()>1',
      'entropy(region)>x',
      'entropy(region){a:b}>1',
      'entropy(region{a:b,a:c})>1',
    ])
      assert.equal(parseSpread(text), form, text);
    assert.equal(parseSpread('entrpy(region)>1'), "there is no measure of spread 'entrpy'; did you mean 'entropy'?");
    assert.equal(parseSpread('gini(region, p(95))>1'), 'gini takes nothing behind a comma');
    assert.equal(parseSpread('delta(region, avg)>1'), 'delta takes a percentile; write it like delta(region, p(95))<50');
    assert.equal(parseSpread('delta(region, p(101))>1'), 'delta takes a percentile; write it like delta(region, p(95))<50');
    for (const text of ['share(start)>=1', 'share(start, warm, cold)>=1'])
      assert.equal(parseSpread(text), 'share takes one value of the tag; write it like share(start, warm)>=0.95', text);
    for (const text of ['z(build)<1.96', 'z(build, old)<1.96', 'z(build, old, old)<1.96', 'z(build, a, b, c)<1.96'])
      assert.equal(parseSpread(text), 'z compares two values of the tag; write it like z(build, old, new)<1.96', text);
  });
});

describe('spread in an experiment', () => {
  it('is a condition wherever one stands', () => {
    const spread = 'spread: "entropy(region) > 0.9", over: 5s, min-samples: 100';
    const experiment = experimentOf(`title: x${LOAD}
steady-state-hypothesis: [{${spread}}]
method: [{fault: noop, at: 1s, target: web}]
targets: {web: {service: web}}
objectives: {even: {good: {${spread}}, throughout: true, after: {within: 5s, condition: {${spread}}}}}
stop-when: [{${spread}, for: 10s}]
`);
    const good = experiment.objectives['even']?.good;
    assert.ok(good && 'spread' in good && good.spread.measure === 'entropy' && good.over?.ms === 5000 && good['min-samples'] === 100);
    const [stop] = experiment.stopWhen;
    assert.ok(stop && 'spread' in stop && stop.for?.ms === 10_000);
    const [steady] = experiment.hypothesis;
    assert.ok(steady && 'spread' in steady);
  });

  it('is right of tags, counters and probes that there are', () => {
    experimentOf(
      drill(
        'entropy(region)>0',
        'gini(scenario)<1',
        'z(build, old, new)<2',
        'peak(http_reqs)<9',
        'variation(instance-load)<0.2',
        'delta(region, p(99))<50',
      ),
    );
  });

  it('is refused where a tag, a value, a counter or a probe is none', () => {
    assert.equal(
      complaintsOf(
        drill(
          'entropy(regoin)>0.9',
          'z(build, old, nwe)<2',
          'peak(htp_reqs)<9',
          'hot_key(instance-load)<1',
          'entropy(region{build:odl})>0',
        ),
      ),
      unindent(`
        drill.yaml:9:14: no scenario has a tag 'regoin', and no probe is called so
          hint: did you mean 'region'?
          9 |   - {spread: "entropy(regoin)>0.9"}
            |              ^^^^^^^^^^^^^^^^^^^^^

        drill.yaml:10:14: no scenario has the tag build:nwe
          hint: did you mean 'new'?
          10 |   - {spread: "z(build, old, nwe)<2"}
             |              ^^^^^^^^^^^^^^^^^^^^^^

        drill.yaml:11:14: peak is taken of a counter of the load, and there is none called 'htp_reqs'
          hint: did you mean 'http_reqs'?
          11 |   - {spread: "peak(htp_reqs)<9"}
             |              ^^^^^^^^^^^^^^^^^^

        drill.yaml:12:14: hot_key is taken of a tag of the load, and 'instance-load' is a probe
          12 |   - {spread: "hot_key(instance-load)<1"}
             |              ^^^^^^^^^^^^^^^^^^^^^^^^^^

        drill.yaml:13:14: no scenario has the tag 'region' and all of build:odl
          13 |   - {spread: "entropy(region{build:odl})>0"}
             |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      `),
    );
  });

  it('is refused where its grammar is wrong, where a name is two things, and as a budget', () => {
    assert.equal(
      complaintsOf(drill('entrpy(region)>0.9')),
      unindent(`
        drill.yaml:9:14: there is no measure of spread 'entrpy'
          hint: did you mean 'entropy'?
          9 |   - {spread: "entrpy(region)>0.9"}
            |              ^^^^^^^^^^^^^^^^^^^^
      `),
    );
    const twice = problemsOf(drill('entropy(region)>0').replace('instance-load:', 'region:'));
    assert.deepEqual(
      twice.map(({ code, message }) => [code, message]),
      [['ambiguous', "'region' is a probe and a tag of the load"]],
    );
    const narrowed = problemsOf(drill('variation(instance-load{region:home})<1'));
    assert.deepEqual(
      narrowed.map(({ code, hint }) => [code, hint]),
      [['wrong-aggregation', 'write variation(instance-load)']],
    );
    const budget = problemsOf(
      `title: x${LOAD}method: [{fault: noop, at: 1s, target: web}]\ntargets: {web: {service: web}}\nobjectives: {b: {good: {spread: "entropy(region)>0.9"}, budget: 1%}}\n`,
    );
    assert.deepEqual(
      budget.map(({ message }) => message),
      ['a budget counts requests: it needs a good that is about the load'],
    );
  });
});
