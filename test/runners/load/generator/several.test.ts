// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how a request names its data
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FiredrillError } from '../../../../runners/failure.ts';
import { begin, listen, OK, onRequests, type ScenarioParts } from '../support.ts';

/** A server that remembers what was asked. */
async function remembering(t: TestContext, answer = OK): Promise<{ url: string; paths: string[] }> {
  const paths: string[] = [];
  const port = await listen(t, (socket) =>
    onRequests(socket, (head) => {
      paths.push(/^GET (\S+)/.exec(head)?.[1] ?? head);
      if (answer !== '') socket.write(answer);
    }),
  );
  return { url: `http://127.0.0.1:${port}`, paths };
}

for (const generators of [1, 2, 3]) {
  test(`a plan shared by ${generators} is planned, sent and recorded exactly`, async (t) => {
    const { url, paths } = await remembering(t);
    const parts: ScenarioParts = { url: `${url}/`, tags: { region: 'sa' }, settings: { rate: 301, duration: '2s' } };
    const { run, sums, series, facts } = begin(t, parts, { generators });
    const totals = await run.done;
    assert.deepEqual(
      { planned: totals.planned, sent: totals.sent, ok: totals.ok, failed: totals.failed, dropped: totals.dropped },
      { planned: 602, sent: 602, ok: 602, failed: 0, dropped: 0 },
    );
    assert.deepEqual([sums.planned, sums.sent, sums.outcomes, sums.completed, paths.length], [602, 602, { ok: 602 }, 602, 602]);
    assert.deepEqual(
      series.filter(({ scenario }) => scenario !== '').map(({ tags }) => tags),
      [{ region: 'sa' }],
    );
    for (const [bucketMs, count] of [...sums.plannedByBucket].sort(([one], [other]) => one - other).slice(1, -1)) {
      assert.ok(Math.abs(count - 30.1) <= 1, `${count} planned in the 100 ms from ${bucketMs}: the shares lie between each other`);
    }
    assert.equal(sums.latency.total, 602);
    assert.equal(run.pids.length, generators);
    assert.equal(totals.processes, generators);
    assert.ok(facts.every((each) => each.processes === generators));
  });
}

test('virtual users are shared, and a scenario with one of them is left to one process', async (t) => {
  const { url } = await remembering(t);
  const { run, sums, facts } = begin(
    t,
    { url, executor: 'constant-vus', settings: { vus: 5, duration: '1500ms', 'think-time': '50ms' } },
    { generators: 3 },
  );
  const totals = await run.done;
  assert.equal(totals.planned, sums.planned);
  assert.deepEqual(sums.outcomes, { ok: sums.planned });
  assert.ok(sums.planned <= 5 * 31 && sums.planned >= 40, `${sums.planned} of 5 users at 50 ms for 1.5 s`);
  assert.equal(facts.at(-1)?.vusMax, 5);
  const single = begin(t, { url, settings: { rate: 40, duration: '500ms', maxVUs: 1, preAllocatedVUs: 1 } }, { generators: 3 });
  assert.equal((await single.run.done).planned, 20);
});

test('more processes than arrivals leave some with nothing to do', async (t) => {
  const { url } = await remembering(t);
  const { run, sums } = begin(t, { url, settings: { rate: 2, duration: '1s' } }, { generators: 4 });
  await run.done;
  assert.deepEqual(sums.outcomes, { ok: 2 });
});

test('processes do not draw the same data', async (t) => {
  const { url, paths } = await remembering(t);
  const requests = [{ url: `${url}/\${id}` }];
  const { run } = begin(
    t,
    { requests, data: { id: { uniform: { items: 1_000_000, prefix: '' } } }, settings: { rate: 200, duration: '1s' } },
    { generators: 2 },
  );
  await run.done;
  assert.equal(paths.length, 200);
  assert.ok(new Set(paths).size > 195, `${new Set(paths).size} different of 200 out of a million`);
});

test('virtual users are told as the metric vus, and as facts', async (t) => {
  const { url } = await remembering(t);
  const parts: ScenarioParts = { url, executor: 'constant-vus', settings: { vus: 4, duration: '2500ms', 'think-time': '20ms' } };
  const { run, sums, series } = begin(t, parts, { generators: 2 });
  await run.done;
  const whole = series.find(({ scenario }) => scenario === '')?.id;
  const told = sums.cells.filter((cell) => cell.series === whole).map(({ metrics }) => metrics?.['vus_max']?.last);
  assert.ok(told.length >= 2);
  assert.deepEqual(told.at(-1), 4);
});

test('when one of several generators dies the others stop, and the load has failed', async (t) => {
  const { url } = await remembering(t);
  const { run, sums } = begin(t, { url, settings: { rate: 100, duration: '60s' } }, { generators: 3 });
  while (sums.planned < 50) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(run.pids[1] ?? 0, 'SIGKILL');
  await assert.rejects(
    run.done,
    (error) =>
      error instanceof FiredrillError && error.code === 'load.generator-died' && /\(2 of 3: viewers\) ended by SIGKILL/.test(error.message),
  );
  for (const pid of run.pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('each of several generators is watched for its silence', async (t) => {
  const { url } = await remembering(t);
  const { run, sums } = begin(t, { url, settings: { rate: 100, duration: '60s' } }, { generators: 2, silenceMsMax: 1500 });
  while (sums.planned < 50) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(run.pids[1] ?? 0, 'SIGSTOP');
  await assert.rejects(
    run.done,
    (error) => error instanceof FiredrillError && error.code === 'load.generator-stuck' && /2 of 2: viewers/.test(error.message),
  );
});

test('a number of generators that there cannot be is refused', (t) => {
  for (const generators of [0, 1.5, 65]) {
    assert.throws(
      () => begin(t, { url: 'http://127.0.0.1:9/' }, { generators }),
      (error) => error instanceof FiredrillError && error.exitCode === 3 && /must be a whole number from 1 to 64/.test(error.message),
    );
  }
});
