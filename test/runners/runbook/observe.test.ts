/** Load and probes together, on a real server: what a probe of the load reads is what the load came to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { probes } from '../../../probes/index.ts';
import { readJournal } from '../../../runners/journal/reader.ts';
import { openJournal } from '../../../runners/journal/writer.ts';
import { observe } from '../../../runners/runbook/observe.ts';
import { exampleExperiment } from '../../helpers/example-run.ts';
import { noTools } from '../../probes/looking.ts';
import { scratchFolder } from '../journal/folder.ts';
import { listen, OK, onRequests, scenarioOf } from '../load/support.ts';

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
  await sleep(2000);
  await observation.stop();
  await journal.close();
  const { events } = await readJournal(journal.path);
  const readings = events.filter((event) => event.type === 'probe.reading');
  assert.ok(readings.length >= 7, `${readings.length} readings in 2 s`);
  const values = readings.flatMap((each) => (each.status === 'ok' && each.startedMs > 1000 ? [Number(each.value)] : []));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(mean - 0.25) < 0.05, `a quarter failed; read were ${values}`);
});
