// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how a request names its data
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { judgeLoad } from '../../../../probes/slo/judge-load.ts';
import { FiredrillError } from '../../../../runners/failure.ts';
import { SILENCE_MS_MAX } from '../../../../runners/load/generator/generator-process.ts';
import { begin, conditionOf, evidenceOf, listen, OK, onRequests, quietPort, scenarioOf } from '../support.ts';

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('an even rate arrives evenly, planned, sent and answered in full', async (t) => {
  const stampsMs: number[] = [];
  const port = await listen(t, (socket) =>
    onRequests(socket, () => {
      stampsMs.push(performance.now());
      socket.write(OK);
    }),
  );
  const { run, sums, series } = begin(t, {
    url: `http://127.0.0.1:${port}/`,
    tags: { region: 'sa-east-1' },
    settings: { rate: 200, duration: '2s' },
  });
  const totals = await run.done;
  assert.deepEqual(
    { planned: totals.planned, sent: totals.sent, ok: totals.ok, failed: totals.failed, dropped: totals.dropped },
    { planned: 400, sent: 400, ok: 400, failed: 0, dropped: 0 },
  );
  assert.deepEqual([sums.planned, sums.sent, sums.outcomes, sums.completed], [400, 400, { ok: 400 }, 400]);
  assert.deepEqual(series, [
    { id: 0, scenario: 'viewers', tags: { region: 'sa-east-1' } },
    { id: 1, scenario: '', tags: {} },
  ]);
  assert.equal(stampsMs.length, 400);
  assert.deepEqual([...sums.plannedByBucket.values()].slice(1, -1), new Array(sums.plannedByBucket.size - 2).fill(20));
  const firstMs = stampsMs[0] ?? 0;
  const counts = new Array(20).fill(0);
  for (const ms of stampsMs) counts[Math.min(19, Math.floor((ms - firstMs) / 100))] += 1;
  assert.ok(Math.max(...counts) < 120, `${counts.join(' ')} arrivals at the server in each 100 ms`);
  assert.ok((stampsMs.at(-1) ?? 0) - firstMs > 1800);
});

test('scenarios keep to their own start times, tags and weights', async (t) => {
  const seen: string[] = [];
  const port = await listen(t, (socket) =>
    onRequests(socket, (head) => {
      seen.push(/^GET (\S+)/.exec(head)?.[1] ?? head);
      socket.write(OK);
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  const settings = { rate: 300, duration: '500ms' };
  const inTwoSeconds = process.hrtime.bigint() + 2_000_000_000n;
  const scenarios = [
    scenarioOf({ name: 'late', startTime: { ms: 900 }, settings, requests: [{ url: `${url}/late` }] }),
    scenarioOf({
      name: 'mixed',
      settings,
      data: { video: { zipf: { items: 50, exponent: 1, prefix: 'v' } } },
      requests: [{ url: `${url}/often/\${video}`, weight: 9 }, { url: `${url}/seldom` }],
    }),
  ];
  const { run, sums, series } = begin(t, scenarios, { startNs: inTwoSeconds });
  await run.done;
  assert.deepEqual(
    series.map(({ scenario }) => scenario).filter((scenario) => scenario !== ''),
    ['late', 'mixed'],
  );
  const lateBuckets = sums.cells.filter(({ series: id, planned }) => id === 0 && planned).map(({ bucketMs }) => bucketMs);
  assert.deepEqual([Math.min(...lateBuckets), Math.max(...lateBuckets)], [900, 1300]);
  assert.equal(Math.min(...sums.plannedByBucket.keys()), 0);
  assert.equal(seen.filter((path) => path === '/late').length, 150);
  const often = seen.filter((path) => /^\/often\/v\d+$/.test(path));
  const seldom = seen.filter((path) => path === '/seldom').length;
  assert.equal(often.length + seldom, 150);
  assert.ok(seldom >= 4 && seldom <= 30, `${seldom} of 150 with a weight of one in ten`);
  assert.ok(often.filter((path) => path === '/often/v1').length > often.filter((path) => path === '/often/v40').length);
});

test('checks are counted by name, and fail where there was no answer', async (t) => {
  let served = 0;
  const port = await listen(t, (socket) =>
    onRequests(socket, () => {
      served += 1;
      socket.write(served % 5 === 0 ? 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n' : OK);
    }),
  );
  const checks = { fine: { status: 200 }, body: { 'body-contains': 'ok' }, never: { header: 'x-never' } };
  const { run, sums } = begin(t, { requests: [{ url: `http://127.0.0.1:${port}/`, checks }], settings: { rate: 100, duration: '500ms' } });
  await run.done;
  assert.deepEqual(sums.outcomes, { ok: 40, '5xx': 10 });
  assert.deepEqual(sums.checks, { fine: [40, 10], body: [40, 10], never: [0, 50] });

  const dead = begin(t, {
    requests: [{ url: `http://127.0.0.1:${await quietPort()}/`, checks: { fine: { status: 200 } } }],
    settings: { rate: 50, duration: '200ms' },
  });
  await dead.run.done;
  assert.deepEqual(dead.sums.checks, { fine: [0, 10] });
});

test('arrivals beyond maxVUs are dropped and counted; without the limit none is', async (t) => {
  const port = await listen(t, () => {});
  const parts = { url: `http://127.0.0.1:${port}/`, timeout: { ms: 1500 }, gracefulStop: { ms: 5000 } };
  const few = begin(t, { ...parts, settings: { rate: 100, duration: '300ms', maxVUs: 5 } });
  const many = begin(t, { ...parts, settings: { rate: 100, duration: '300ms' } });
  await Promise.all([few.run.done, many.run.done]);
  assert.deepEqual(few.sums.outcomes, { timeout: 5, dropped: 25 });
  assert.equal(few.sums.planned, 30);
  assert.equal(few.sums.sent, 5);
  assert.deepEqual(many.sums.outcomes, { timeout: 30 });
});

test('gracefulStop ends what is still open, as dropped', async (t) => {
  const port = await listen(t, () => {});
  const { run, sums } = begin(t, {
    url: `http://127.0.0.1:${port}/`,
    gracefulStop: { ms: 100 },
    settings: { rate: 100, duration: '200ms' },
  });
  const totals = await run.done;
  assert.deepEqual(sums.outcomes, { dropped: 20 });
  assert.equal(totals.dropped, 20);
});

test('requests that end by gracefulStop are no failures, arrivals beyond maxVUs are', async (t) => {
  const port = await listen(t, () => {});
  const url = `http://127.0.0.1:${port}/`;
  const cut = begin(t, { url, gracefulStop: { ms: 100 }, settings: { rate: 100, duration: '200ms' } });
  const full = begin(t, { url, timeout: { ms: 300 }, settings: { rate: 100, duration: '200ms', maxVUs: 5, preAllocatedVUs: 5 } });
  await Promise.all([cut.run.done, full.run.done]);
  assert.equal(
    cut.sums.cells.reduce((sum, { givenUp = 0 }) => sum + givenUp, 0),
    20,
  );
  assert.ok(full.sums.cells.every(({ givenUp }) => givenUp === undefined));
  const failed = conditionOf('http_req_failed', 'rate<0.5');
  assert.deepEqual(
    [judgeLoad(failed, evidenceOf(cut), 0, 600_000).state, judgeLoad(failed, evidenceOf(full), 0, 600_000).state],
    ['unknown', 'broken'],
  );
});

test('what only answers tell parts the ends of requests, where somebody asks for it', async (t) => {
  const statuses = [200, 503, 404];
  const port = await listen(t, (socket) =>
    onRequests(socket, (head) => {
      const status = statuses[Number(/\/(\d)/.exec(head)?.[1] ?? 0)] ?? 200;
      socket.write(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`);
    }),
  );
  const requests = statuses.map((_status, index) => ({ url: `http://127.0.0.1:${port}/${index}`, weight: 1 }));
  const scenarios = [
    scenarioOf({ name: 'fine', requests, settings: { rate: 100, duration: '1s' } }),
    scenarioOf({ name: 'dead', url: `http://127.0.0.1:${await quietPort()}/`, settings: { rate: 20, duration: '500ms' } }),
  ];
  const asked = begin(t, scenarios, { askedTags: { status: ['503'], error_code: ['1212'], expected_response: ['true'] }, generators: 2 });
  const totals = await asked.run.done;
  const evidence = evidenceOf(asked);
  const { sums } = asked;
  assert.deepEqual([totals.planned, sums.planned, sums.recorded, sums.completed], [110, 110, 110, 100]);
  for (const [selector, threshold] of [
    ['http_reqs', 'count==110'],
    ['http_reqs{status:503}', `count==${sums.outcomes['5xx']}`],
    ['http_reqs{status:503,scenario:dead}', 'count==0'],
    ['http_reqs{error_code:1212}', 'count==10'],
    ['http_reqs{expected_response:true}', `count==${sums.outcomes.ok}`],
    ['http_req_failed{status:503}', 'rate==1'],
    ['http_req_duration{status:503}', 'p(95)<5000'],
    ['http_req_failed{scenario:fine}', `count==${(sums.outcomes['5xx'] ?? 0) + (sums.outcomes['4xx'] ?? 0)}`],
  ] as const) {
    const judged = judgeLoad(conditionOf(selector, threshold), evidence, 0, 600_000);
    assert.equal(judged.state, 'held', `${selector} ${threshold}: ${judged.seen}`);
  }
  assert.equal(evidence.settledMs(600_000), 600_000, 'every request has come to its end');
});

test('stopping early still delivers what was under way', async (t) => {
  const port = await listen(t, (socket) => onRequests(socket, () => void setTimeout(() => socket.write(OK), 150)));
  const { run, sums } = begin(t, { url: `http://127.0.0.1:${port}/`, settings: { rate: 100, duration: '60s' } });
  while (sums.sent < 20) await new Promise((resolve) => setTimeout(resolve, 20));
  await Promise.all([run.stop(), run.stop()]);
  const totals = await run.done;
  assert.equal(sums.planned, totals.planned);
  assert.deepEqual(sums.outcomes, { ok: sums.planned });
  assert.ok(sums.planned < 1000);
});

test('an abort stops the load, also before it has begun', async (t) => {
  const port = await listen(t, (socket) => onRequests(socket, () => socket.write(OK)));
  const abort = new AbortController();
  abort.abort();
  const { run, sums } = begin(t, { url: `http://127.0.0.1:${port}/`, settings: { rate: 100, duration: '60s' } }, { signal: abort.signal });
  assert.equal((await run.done).planned, sums.planned);
  assert.equal(sums.recorded, sums.planned);
});

test('virtual users wait for their answers and think in between', async (t) => {
  const port = await listen(t, (socket) => onRequests(socket, () => void setTimeout(() => socket.write(OK), 50)));
  const url = `http://127.0.0.1:${port}/`;
  const [eager, thinking] = [
    begin(t, { url, executor: 'constant-vus', settings: { vus: 4, duration: '1s' } }),
    begin(t, { url, executor: 'constant-vus', settings: { vus: 4, duration: '1s', 'think-time': '150ms' } }),
  ];
  await Promise.all([eager.run.done, thinking.run.done]);
  assert.ok(eager.sums.planned >= 20 && eager.sums.planned <= 80, `${eager.sums.planned} requests of 4 users in 1 s at 50 ms`);
  assert.ok(thinking.sums.planned >= 6 && thinking.sums.planned <= 20, `${thinking.sums.planned} at 50 ms and a pause of 150 ms`);
  assert.deepEqual(eager.sums.outcomes, { ok: eager.sums.planned });
});

test('a dead target does not turn virtual users into a busy loop', async (t) => {
  const url = `http://127.0.0.1:${await quietPort()}/`;
  const { run, sums } = begin(t, { url, executor: 'constant-vus', settings: { vus: 2, duration: '1s' } });
  await run.done;
  assert.deepEqual(Object.keys(sums.outcomes), ['refused']);
  assert.ok(sums.planned >= 2 && sums.planned <= 22, `${sums.planned} attempts`);
});

test('what cannot be run is refused before anything starts', (t) => {
  const refused: [Parameters<typeof scenarioOf>[0], RegExp][] = [
    [{ url: 'nowhere' }, /'nowhere' is not a URL/],
    [{ executor: 'externally-controlled' }, /there is no executor 'externally-controlled'/],
    [{ settings: { rate: 100_000, duration: '1s' } }, /rate comes to 100000 iterations a second, the limit is 50000/],
    [{ settings: { rate: 1, duration: '0s' } }, /duration is 0ms, must be above 0/],
    [{ settings: { rate: 1, duration: '1s', timeUnit: '0s' } }, /timeUnit is 0ms/],
    [{ settings: { rate: 1, duration: '1s', preAllocatedVUs: 9, maxVUs: 5 } }, /preAllocatedVUs is 9, more than maxVUs, 5/],
    [{ executor: 'constant-vus', settings: { vus: 1, duration: '0s' } }, /duration is 0ms/],
  ];
  for (const [parts, message] of refused) {
    assert.throws(
      () => begin(t, parts),
      (error) => error instanceof FiredrillError && error.exitCode === 3 && message.test(error.message),
      String(message),
    );
  }
  for (const settings of [
    { rate: 0, duration: '1s' },
    { rate: -1, duration: '1s' },
    { rate: 1e9, duration: '1s' },
    { rate: 1, duration: '1s', rat: 2 },
  ]) {
    assert.throws(() => begin(t, { settings }), { name: 'ZodError' });
  }
});

test('a generator that dies is told of, with its end', async (t) => {
  const { run, sums } = begin(t, { url: `http://127.0.0.1:${await quietPort()}/`, settings: { rate: 50, duration: '60s' } });
  while (sums.planned === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(run.pids[0] ?? 0, 'SIGKILL');
  await assert.rejects(
    run.done,
    (error) => error instanceof FiredrillError && error.code === 'load.generator-died' && /viewers.*SIGKILL/.test(error.message),
  );
  await run.stop();
});

test('a generator that says nothing is killed and named; one that speaks is left alone', async (t) => {
  const settings = { rate: 50, duration: '60s' };
  const { run, sums } = begin(t, { url: `http://127.0.0.1:${await quietPort()}/`, settings }, { silenceMsMax: 1500 });
  while (sums.planned < 50) await new Promise((resolve) => setTimeout(resolve, 20));
  const pid = run.pids[0] ?? 0;
  process.kill(pid, 'SIGSTOP');
  await assert.rejects(
    run.done,
    (error) => error instanceof FiredrillError && error.code === 'load.generator-stuck' && /said nothing for 1500 ms/.test(error.message),
  );
  assert.equal(alive(pid), false);
  assert.ok(SILENCE_MS_MAX > 1000);
});

test('the generator ends when its runner is killed', async (t) => {
  const file = fileURLToPath(new URL('../fixtures/runner.ts', import.meta.url));
  const runner = fork(file, [`http://127.0.0.1:${await quietPort()}/`], { execArgv: [] });
  t.after(() => runner.kill('SIGKILL'));
  const [pid] = await once(runner, 'message');
  assert.ok(alive(Number(pid)));
  runner.kill('SIGKILL');
  await once(runner, 'exit');
  const until = performance.now() + 3000;
  while (alive(Number(pid)) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(alive(Number(pid)), false);
});
