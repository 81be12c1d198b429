/** Which comparisons a set of runs is judged by. */
import { parseClaim } from '../../experiments/language/claim.ts';
import type { Comparison, Experiment } from '../../experiments/language/experiment.ts';
import { parseAggregate, parseSelector } from '../../experiments/language/threshold.ts';

/** What must be so against a stored run where the file says nothing of one. */
const BY_DEFAULT = {
  'latency-no-worse': ['http_req_latency', 'p(95)', 'difference<10%'],
  'failures-no-more': ['http_req_failed', 'rate', 'difference<0.01'],
} as const;

function defaultComparisons(): Readonly<Record<string, Comparison>> {
  return Object.fromEntries(
    Object.entries(BY_DEFAULT).flatMap(([name, [metric, aggregation, claim]]): [string, Comparison][] => {
      const [load, aggregate, expect] = [parseSelector(metric), parseAggregate(aggregation), parseClaim(claim)];
      return load && aggregate && expect ? [[name, { measure: { load, aggregate }, when: 'whole', expect }]] : [];
    }),
  );
}

/** Those of the file; with a stored run to compare with, and none in the file that is about one, those that always make sense. */
export function comparisonsOf(experiment: Experiment, hasStored: boolean): Readonly<Record<string, Comparison>> {
  const own = experiment.comparisons ?? {};
  const isAboutStored = Object.values(own).some(({ baseline }) => baseline === undefined);
  const hasLoad = experiment.scenarios.length > 0 || experiment.script !== undefined;
  return hasStored && !isAboutStored && hasLoad ? { ...own, ...defaultComparisons() } : own;
}
