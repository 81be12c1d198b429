/** The windows of the synchronized cron, compared on figures like those that its runs measure. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Experiment } from '../../experiments/language/experiment.ts';
import { parseExperiment } from '../../experiments/language/parse.ts';
import { formatProblems } from '../../experiments/language/problems.ts';
import { compare } from '../../probes/slo/compare/compare.ts';
import { judgeClaim } from '../../probes/slo/compare/judge-claim.ts';
import { kinds } from '../../runners/cli/kinds.ts';
import { chooseVariants } from '../../runners/cli/set/set-order.ts';
import { runOf } from '../probes/slo/compare/drawn-series.ts';

const FILE = 'experiments/synchronized-cron.yaml';

async function cron(variant?: string): Promise<Experiment> {
  const text = await readFile(new URL(`../../${FILE}`, import.meta.url), 'utf8');
  const parsed = parseExperiment(text, { file: FILE, kinds, environment: {}, variant });
  assert.ok(parsed.ok, parsed.ok ? '' : formatProblems(parsed.problems));
  return parsed.experiment;
}

/** Most starts within a second, of four runs. */
const PEAKS = { unprotected: [200, 200, 199, 200], 'window-1s': [196, 199, 193, 197], 'window-10s': [31, 28, 34, 30] } as const;

async function judge(name: string, variant: keyof typeof PEAKS) {
  const comparison = (await cron()).comparisons?.[name];
  assert.ok(comparison);
  const [ours, theirs] = [PEAKS[variant], PEAKS.unprotected].map((values) => values.map((value, index) => runOf(value, index)));
  const compared = compare(ours ?? [], theirs ?? [], 1);
  assert.ok(typeof compared !== 'string');
  return judgeClaim(comparison.expect, compared);
}

test('all of its variants are those that are compared', async () => {
  assert.deepEqual(chooseVariants('all', await cron()), ['unprotected', 'window-1s', 'window-10s', 'window-60s']);
});

test('the smallest window comes out as no different, and a larger one as a difference', async () => {
  const small = await judge('a-second-is-no-window', 'window-1s');
  assert.deepEqual([small.state, small.noDifferent], ['held', true]);
  assert.match(small.seen, /^no different: /);
  const large = await judge('a-window-spreads-the-starts', 'window-10s');
  assert.deepEqual([large.state, large.noDifferent], ['held', false]);
});

test('the longest window is watched, and has load, until its last job has started', async () => {
  const { scenarios, objectives, method } = await cron('window-60s');
  const [fault] = method;
  const within = objectives['all-jobs-run']?.after?.within.ms ?? 0;
  assert.ok(within > 60_000);
  for (const { name, settings } of scenarios) {
    const { duration } = settings as { duration: string };
    assert.ok(Number.parseFloat(duration) * 1000 > (fault?.at.ms ?? 0) + within, `${name}: ${duration}`);
  }
});
