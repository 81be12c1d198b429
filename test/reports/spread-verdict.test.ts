import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Objective } from '../../experiments/language/experiment.ts';
import type { Report } from '../../reports/report.ts';
import { judgeRun } from '../../reports/verdict.ts';
import type { Event } from '../../runners/journal/events.ts';
import { objective, spread } from '../probes/slo/synthetic-load.ts';
import { experiment, journal } from './synthetic-journal.ts';

/** The verdict on a run whose only objective is this one, from its journal as it lies on disk. */
function judge(clauses: Partial<Objective>): Report {
  const run = { ...experiment, objectives: { even: objective(clauses) } };
  const written = journal({ run }).map((event): Event => JSON.parse(JSON.stringify(event)));
  return judgeRun(written, JSON.parse(JSON.stringify(run)));
}

describe('the verdict on an objective about spread', () => {
  it('is passed where requests are even, and says what was seen: 100 a second in the whole buckets from 20.1 s to 70 s', () => {
    const report = judge({ good: spread('entropy(region) > 0.9'), throughout: true, since: spread('gini(region) < 0.1') });
    assert.equal(report.verdict, 'passed');
    const [even] = report.objectives;
    assert.equal(even?.indicator, 'entropy(region) > 0.9');
    assert.equal(even?.neverImpacted, true);
    assert.equal(even?.clauses[1]?.seen, 'gini 0; 4990 requests of 2 values');
  });

  it('is failed where one region alone fails: its first impact and recovery lie within a window of the truth', () => {
    const report = judge({ good: spread('error_rate(region) < 0.01'), throughout: true });
    assert.equal(report.verdict, 'failed');
    const [even] = report.objectives;
    for (const [seen, truth] of [
      [even?.firstImpactMs, 20_100],
      [even?.mitigatedMs, 24_200],
    ] as const)
      assert.ok(typeof seen === 'number' && Math.abs(seen - truth) <= 1000, `${seen} is not ${truth}`);
    assert.equal(even?.errorMs, 1000);
  });

  it('is inconclusive where nothing is known, never passed', () => {
    for (const text of ['variation(cache-nodes) < 0.2', 'peak(job_starts) <= 40', 'z(region, home, elsewhere) < 1.96'])
      assert.equal(judge({ since: spread(text) }).verdict, 'inconclusive', text);
  });
});
