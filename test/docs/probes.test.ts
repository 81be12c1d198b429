import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseExperiment } from '../../experiments/language/parse.ts';
import { kinds } from '../../runners/cli/kinds.ts';
import { JITTER_SHARE, LIMIT_LATE_MS_MAX } from '../../runners/runbook/watch.ts';

const page = readFileSync(new URL('../../docs/probes.md', import.meta.url), 'utf8');

test('the experiment that the page shows parses', () => {
  const sources = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
  assert.equal(sources.length, 1);
  for (const source of sources) {
    const parsed = parseExperiment(source, { file: 'page.yaml', kinds, environment: {} });
    assert.deepEqual(parsed.ok ? [] : parsed.problems, []);
  }
});

test('the numbers that the page names are those that count', () => {
  assert.ok(page.includes(`more than ${LIMIT_LATE_MS_MAX} ms too late`));
  assert.ok(page.includes(`up to ${JITTER_SHARE * 100} % of the interval`));
});
