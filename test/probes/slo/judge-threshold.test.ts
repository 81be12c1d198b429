import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeThreshold, thresholdText } from '../../../probes/slo/judge-threshold.ts';
import { evidenceOf, load, outage, quick } from './synthetic-load.ts';

const AT_THE_END = { abortOnFail: false, delayAbortEval: { ms: 0 } };
const reqs = { ...load('http_reqs', 'count==101'), ...AT_THE_END };

describe('a threshold on the whole of the load', () => {
  it('counts the last requests too, where the load ends within a bucket', () => {
    const evidence = evidenceOf({ ratePerS: 100, toMs: 1010, system: quick });
    assert.equal(judgeThreshold(reqs, evidence, 1016, []).seen, 'count 101 of 101');
    assert.equal(judgeThreshold(reqs, evidence, 90_000, []).state, 'held');
  });

  it('is broken by the failures of its last moment alone', () => {
    const failed = { ...load('http_req_failed', 'rate==0'), ...AT_THE_END };
    const evidence = evidenceOf({ ratePerS: 100, toMs: 1010, system: outage(1000, 1010) });
    assert.equal(judgeThreshold(failed, evidence, 1016, []).state, 'broken');
  });

  it('is unknown without a sample', () => {
    assert.equal(judgeThreshold(reqs, evidenceOf(), 1000, []).state, 'unknown');
  });

  it('blames no latency on the system that the generator may have made', () => {
    const slow = { ...load('http_req_latency', 'max<40'), ...AT_THE_END };
    const evidence = evidenceOf({ ratePerS: 100, toMs: 1000, system: () => ({ outcome: 'ok', latencyMs: 50 }) });
    assert.equal(judgeThreshold(slow, evidence, 1000, []).state, 'broken');
    assert.equal(judgeThreshold(slow, evidence, 1000, [{ fromMs: 200, toMs: 400, lagMs: 30 }]).state, 'unknown');
  });

  it('is told as its author would write it', () => {
    assert.equal(thresholdText(reqs), 'http_reqs count==101');
  });
});
