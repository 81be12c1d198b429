/** Load and probes together, on a real server: what a probe of the load reads is what the load came to. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { LoadCondition } from '../../../experiments/language/condition.ts';
import { parseSelector, parseThreshold } from '../../../experiments/language/threshold.ts';
import { probes } from '../../../probes/index.ts';
import { readJournal } from '../../../runners/journal/reader.ts';
import { openJournal } from '../../../runners/journal/writer.ts';
import { observe, tagsAsked } from '../../../runners/runbook/observe.ts';
import { exampleExperiment } from '../../helpers/example-run.ts';
import { noTools } from '../../probes/looking.ts';
import { scratchFolder } from '../journal/folder.ts';
import { listen, OK, onRequests, scenarioOf } from '../load/support.ts';

/** Generators that this process started. */
async function generatorPids(): Promise<number[]> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  return children
    .split(' ')
    .filter((pid) => pid.trim() !== '')
    .map(Number);
}

const FAILED = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n';

test('a probe of the load reads what the load came to, on its own interval, into the journal', async (t) => {
  await using folder = await scratchFolder();
  let answers = 0;
  const port = await listen(t, (socket) =>
    onRequests(socket, () => {
      answers += 1;
      socket.write(answers % 4 === 0 ? FAILED : OK);
    }),
  );
  const journal = await openJournal(folder.path);
  const ended = new Promise<void>((resolve) => {
    journal.onEvent((event) => event.type === 'load.ended' && resolve());
  });
  const scenario = scenarioOf({ url: `http://127.0.0.1:${port}/`, settings: { rate: 100, duration: '2s' } });
  const observation = observe({
    experiment: {
      ...exampleExperiment(),
      scenarios: [scenario],
      probes: [
        {
          name: 'failed-share',
          probe: 'load',
          every: { ms: 200 },
          timeout: { ms: 1000 },
          settings: { metric: 'http_req_failed', read: 'rate', window: '1s' },
        },
      ],
    },
    probes,
    journal,
    startNs: process.hrtime.bigint(),
    seed: 1,
    targetsOf: () => [],
    tools: noTools,
    random: () => 0,
  });
  await ended;
  await observation.stop();
  await journal.close();
  const { events } = await readJournal(journal.path);
  const buckets = events.flatMap((event) =>
    event.type === 'load.frame' ? event.cells.flatMap(({ bucketMs, planned }) => (planned ? bucketMs : [])) : [],
  );
  const begunMs = Math.min(...buckets);
  const values = events.flatMap((event) =>
    event.type === 'probe.reading' && event.status === 'ok' && event.startedMs > begunMs + 1000 && event.startedMs < begunMs + 2000
      ? Number(event.value)
      : [],
  );
  assert.ok(values.length >= 2, `${values.length} readings in the second second`);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(mean - 0.25) < 0.05, `a quarter failed; read were ${values}`);
});

test('a load that ends is in the journal with what it came to, and one that loses its generator with why', async (t) => {
  const port = await listen(t, (socket) => onRequests(socket, () => socket.write(OK)));
  for (const isKilled of [false, true]) {
    await using folder = await scratchFolder();
    const journal = await openJournal(folder.path);
    const seen = new Promise<void>((resolve) => {
      journal.onEvent((event) => event.type === 'load.frame' && resolve());
    });
    const before = new Set(await generatorPids());
    const scenario = scenarioOf({ url: `http://127.0.0.1:${port}/`, settings: { rate: 50, duration: '60s' } });
    const observation = observe({
      experiment: { ...exampleExperiment(), scenarios: [scenario] },
      probes,
      journal,
      startNs: process.hrtime.bigint(),
      seed: 1,
      targetsOf: () => [],
      tools: noTools,
      random: () => 0,
    });
    await seen;
    if (isKilled) for (const pid of (await generatorPids()).filter((each) => !before.has(each))) process.kill(pid, 'SIGKILL');
    await observation.stop();
    await journal.close();
    const { events } = await readJournal(journal.path);
    const ended = events.find((event) => event.type === 'load.ended');
    const failed = events.find((event) => event.type === 'load.failed');
    if (isKilled) assert.match(failed?.error ?? '', /the load generator \(viewers\) ended by SIGKILL/);
    else assert.ok(ended && ended.planned > 0 && ended.planned === ended.ok + ended.dropped && ended.retried === 0, JSON.stringify(ended));
    assert.equal(isKilled ? ended : failed, undefined);
  }
});

test('the tags that conditions and probes of the load select by are asked of a script, with their values', () => {
  const experiment = exampleExperiment();
  const condition = (text: string) => ({ load: parseSelector(text), threshold: parseThreshold('rate<1') }) as LoadCondition;
  const asked = tagsAsked({
    ...experiment,
    hypothesis: [condition('http_req_failed{name:buy,region:eu}')],
    objectives: {},
    stopWhen: [condition('http_reqs'), condition('http_req_failed{name:look}')],
    thresholds: [],
    probes: [
      {
        name: 'p95',
        probe: 'load',
        every: { ms: 1000 },
        timeout: { ms: 5000 },
        settings: { metric: 'http_req_latency{kind:api}', read: 'p(95)' },
      },
    ],
  });
  assert.deepEqual(asked, { name: ['buy', 'look'], region: ['eu'], kind: ['api'] });
});
