import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { complaintsOf, experimentOf, problemsOf } from './support.ts';

const HEAD = `
title: x
targets: {shop: {labels: {app: shop}}}
load:
  scenarios:
    viewers: {executor: constant-vus, vus: 1, duration: 60s, tags: {region: home}, requests: [{url: "http://a"}]}
probes:
  breaker: {probe: noop}
steady-state-hypothesis: [{load: http_req_failed, threshold: rate<0.01}]
method: [{at: 1s, fault: noop, target: shop}]
`;
const drill = (objective: string, head = HEAD) => `${head}objectives:\n  one: {${objective}}\n`;
const stop = (condition: string) => `${HEAD}stop-when: [{${condition}}]\n`;
const codes = (text: string) => problemsOf(text).map(({ code }) => code);

const GOOD = 'good: {load: http_req_failed, threshold: rate<0.01}';

describe('objectives', () => {
  it('name the signal of a detection, a limit for it and one for the steady state', () => {
    const { one } = experimentOf(
      drill('detected-by: {reading: breaker, tolerance: open}, detected-within: 3s, steady-within: 20s'),
    ).objectives;
    assert.ok(one?.['detected-by'] && 'reading' in one['detected-by']);
    assert.deepEqual([one['detected-within'], one['steady-within']], [{ ms: 3000 }, { ms: 20_000 }]);
  });

  it('take a probe written in place as the signal', () => {
    const { objectives, probes } = experimentOf(drill('detected-by: {probe: noop, every: 2s, tolerance: 1}, detected-within: 3s'));
    assert.deepEqual(objectives['one']?.['detected-by'], { reading: 'noop', tolerance: { equals: 1 } });
    assert.deepEqual(
      probes.map(({ name }) => name),
      ['breaker', 'noop'],
    );
  });

  it('take a budget as a share, or as a share of the budget of a period', () => {
    assert.equal(experimentOf(drill(`${GOOD}, budget: 12%`)).objectives['one']?.budget, 0.12);
    const { one } = experimentOf(drill(`${GOOD}, budget: {slo: 99.9%, period: 30d, at-most: 5%}`)).objectives;
    assert.deepEqual(one?.budget, { slo: 0.9990000000000001, period: { ms: 2_592_000_000 }, 'at-most': 0.05 });
  });

  it('refuse a limit on a detection without its signal, and one on a steady state that there is not', () => {
    assert.match(complaintsOf(drill('detected-within: 3s')), /objective 'one' has detected-within, but not by what[\s\S]*add detected-by/);
    assert.match(
      complaintsOf(drill('steady-within: 3s', HEAD.replace(/steady-state.*\n/, ''))),
      /has steady-within, and the experiment has no steady-state-hypothesis[\s\S]*add steady-state-hypothesis/,
    );
    assert.deepEqual(codes(drill('detected-by: {reading: braker, tolerance: open}, detected-within: 3s')), ['unknown-probe']);
  });

  it('refuse a budget of what is no budget', () => {
    assert.match(complaintsOf(drill(`${GOOD}, budget: {slo: 100%, period: 30d, at-most: 5%}`)), /must be below 100%/);
    assert.match(complaintsOf(drill(`${GOOD}, budget: {slo: 99%, period: 30d}`)), /missing key 'at-most'/);
    assert.match(complaintsOf(drill(`${GOOD}, budget: {slo: 99%, period: 30d, atmost: 5%}`)), /did you mean 'at-most'/);
    assert.match(complaintsOf(drill(`${GOOD}, budget: 12`)), /is not a share/);
    const readings = 'good: {reading: breaker, tolerance: open}, budget: {slo: 99%, period: 30d, at-most: 5%}';
    assert.match(complaintsOf(drill(readings)), /a budget counts requests/);
  });
});

describe('burn rates', () => {
  it('may stand wherever a condition may, with windows of their own or the two that page', () => {
    const { stopWhen } = experimentOf(stop('burn: http_req_failed, slo: 99.9%, fires: true, scale: 60, for: 2s'));
    assert.ok(stopWhen[0] && 'burn' in stopWhen[0]);
    assert.deepEqual([stopWhen[0].scale, stopWhen[0].for, stopWhen[0].windows], [60, { ms: 2000 }, undefined]);
    const windows = 'windows: [{rate: 2, over: 1m, and-over: 5s}]';
    const { one } = experimentOf(
      drill(`good: {burn: "http_req_failed{region:home}", slo: 99%, fires: false, ${windows}}, throughout: true`),
    ).objectives;
    assert.ok(one?.good && 'burn' in one.good);
    assert.deepEqual(one.good.windows, [{ rate: 2, over: { ms: 60_000 }, 'and-over': { ms: 5000 } }]);
  });

  it('say what is wrong with them', () => {
    assert.match(
      complaintsOf(stop('burn: http_req_latency, slo: 99.9%, fires: true')),
      /does not tell them apart[\s\S]*write http_req_failed or checks/,
    );
    assert.deepEqual(codes(stop('burn: "http_req_failed{region:hom}", slo: 99.9%, fires: true')), ['unknown-tag']);
    assert.match(complaintsOf(stop('burn: http_req_failed, slo: 99.9%')), /missing key 'fires'/);
    assert.match(complaintsOf(stop('burn: http_req_failed, slo: 99.9%, fires: true, scale: 0.5')), /must be at least 1/);
    assert.match(
      complaintsOf(stop('burn: http_req_failed, slo: 99.9%, fires: true, scale: 720')),
      /the shortest window, 5m, divided by 720 is less than 1s[\s\S]*write scale: 300 or less/,
    );
    const swapped = 'windows: [{rate: 2, over: 5s, and-over: 1m}]';
    assert.match(
      complaintsOf(stop(`burn: http_req_failed, slo: 99%, fires: true, ${swapped}`)),
      /the short window, 1m, is longer[\s\S]*swap/,
    );
    assert.match(complaintsOf(stop('burn: http_req_failed, load: http_req_failed, slo: 99%, fires: true')), /takes one of .* together/);
  });
});
