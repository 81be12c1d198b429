// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how a request names its data
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Chain, ChainStep, Scenario } from '../../../../experiments/language/experiment.ts';
import { connect } from '../../../../experiments/language/load-connect.ts';
import { begin, quietPort, scenarioOf } from '../support.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly atMs: number;
}

/** A server that keeps what it is asked. */
async function serve(t: TestContext, answer: (asked: Asked, response: ServerResponse) => void): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const each = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body, atMs: performance.now() };
    asked.push(each);
    answer(each, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

type Step = { url: string } & Partial<Exclude<ChainStep, { think: unknown }>>;

function stepsOf(...steps: (Step | { think: { fromMs: number; toMs: number } })[]): readonly ChainStep[] {
  return steps.map((step) => ('think' in step ? step : { method: 'GET' as const, headers: {}, checks: {}, ...step }));
}

function chained(steps: readonly ChainStep[], more: Partial<Scenario> = {}): Scenario {
  const chains: readonly Chain[] = [{ name: 'steps', weight: 1, steps }];
  return { ...scenarioOf({ executor: 'shared-iterations', settings: { iterations: 5 }, ...more, requests: [] }), chains, ...more };
}

test('a chain logs in, takes what it was given, and uses it; each virtual user has its own cookies', async (t) => {
  const { url, asked } = await serve(t, ({ url: path, body }, response) => {
    if (path === '/login') {
      const { user } = JSON.parse(body);
      response.setHeader('Set-Cookie', [`session=${user}; HttpOnly`, 'theme=dark; Path=/items']);
      response.setHeader('Location', `/items/${user}1`);
      response.end(JSON.stringify({ access_token: `token-of-${user}` }));
    } else response.end('<input name="csrf" value="c5f">');
  });
  const steps = stepsOf(
    {
      url: `${url}/login`,
      method: 'POST',
      json: { user: '${name}' },
      extract: { token: { json: '$.access_token' }, id: { header: 'Location', regex: '/items/(\\w+)' } },
    },
    { url: `${url}/items/\${id}`, headers: { authorization: 'Bearer ${token}' }, extract: { csrf: { regex: 'value="(\\w+)"' } } },
    { url: `${url}/buy`, method: 'POST', form: { csrf: '${csrf}', id: '${id}' }, checks: { fine: { status: '2xx' } } },
  );
  const { run, sums } = begin(t, [
    chained(steps, { data: { name: { values: ['ann', 'bob'], pick: 'sequence' } }, settings: { vus: 2, iterations: 6 } }),
  ]);
  const totals = await run.done;
  assert.deepEqual([totals.planned, totals.ok, totals.failed], [18, 18, 0]);
  assert.deepEqual(sums.checks, { 'extract.token': [6, 0], 'extract.id': [6, 0], 'extract.csrf': [6, 0], fine: [6, 0] });
  for (const user of ['ann', 'bob']) {
    const items = asked.filter((each) => each.url === `/items/${user}1`);
    assert.equal(items.length, 3);
    assert.ok(items.every(({ headers }) => headers.authorization === `Bearer token-of-${user}`));
    assert.ok(
      items.every(({ headers }) => headers.cookie === `theme=dark; session=${user}` || headers.cookie === `session=${user}; theme=dark`),
    );
    const bought = asked.filter((each) => each.url === '/buy' && each.body === `csrf=c5f&id=${user}1`);
    assert.deepEqual([bought.length, bought.every(({ headers }) => headers.cookie === `session=${user}`)], [3, true]);
  }
  assert.ok(
    asked.filter((each) => each.url === '/login').every(({ headers }) => headers.cookie === undefined),
    'an iteration begins without cookies',
  );
});

test('cookies may stay as long as the virtual user, or be left alone', async (t) => {
  const { url, asked } = await serve(t, (_, response) => {
    response.setHeader('Set-Cookie', 'seen=1');
    response.end();
  });
  const cookiesOf = async (cookies: 'off' | 'iteration' | 'user') => {
    asked.length = 0;
    await begin(t, [chained(stepsOf({ url }), { cookies, settings: { iterations: 3 } })]).run.done;
    return asked.map(({ headers }) => headers.cookie);
  };
  assert.deepEqual(await cookiesOf('user'), [undefined, 'seen=1', 'seen=1']);
  assert.deepEqual(await cookiesOf('iteration'), [undefined, undefined, undefined]);
  assert.deepEqual(await cookiesOf('off'), [undefined, undefined, undefined]);
});

test('an iteration ends where nothing could be extracted: that is a failed check, and what needs it is not sent', async (t) => {
  const { url, asked } = await serve(t, (_, response) => response.end('{}'));
  const steps = stepsOf({ url: `${url}/login`, extract: { token: { json: '$.token' } } }, { url: `${url}/\${token}` });
  const { run, sums } = begin(t, [chained(steps)]);
  const totals = await run.done;
  assert.deepEqual([totals.planned, totals.ok, sums.checks], [5, 5, { 'extract.token': [0, 5] }]);
  assert.ok(asked.every((each) => each.url === '/login'));
});

test('an iteration ends where nothing answers, and a dead target does not make a busy loop', async (t) => {
  const url = `http://127.0.0.1:${await quietPort()}`;
  const { run, sums } = begin(t, [chained(stepsOf({ url, extract: { id: { json: '$' } } }, { url }), { settings: { iterations: 3 } })]);
  const totals = await run.done;
  assert.deepEqual([totals.planned, sums.outcomes, sums.checks], [3, { refused: 3 }, { 'extract.id': [0, 3] }]);
});

test('a pause is waited for, and counts as nobody’s latency', async (t) => {
  const { url, asked } = await serve(t, (_, response) => response.end());
  const steps = stepsOf({ url: `${url}/a` }, { think: { fromMs: 300, toMs: 300 } }, { url: `${url}/b` });
  const { run, sums } = begin(t, [chained(steps, { settings: { iterations: 2 } })]);
  await run.done;
  const gaps = [0, 2].map((index) => (asked[index + 1]?.atMs ?? 0) - (asked[index]?.atMs ?? 0));
  assert.ok(
    gaps.every((ms) => ms > 280),
    `${gaps.join(', ')} ms between the two requests`,
  );
  assert.equal(sums.latency.total, 4);
  assert.ok(sums.latency.percentileMs(50) < 250, `${sums.latency.percentileMs(50)} ms`);
});

test('a load that is stopped in a pause ends at once', async (t) => {
  const { url } = await serve(t, (_, response) => response.end());
  const steps = stepsOf({ url }, { think: { fromMs: 60_000, toMs: 60_000 } }, { url });
  const { run, sums } = begin(t, [chained(steps, { gracefulStop: { ms: 0 }, settings: { iterations: 1, maxDuration: '1s' } })]);
  const totals = await run.done;
  assert.deepEqual([totals.planned, totals.ok, sums.outcomes], [1, 1, { ok: 1 }]);
});

test('redirects are followed as far as allowed, each hop a request of its own; by default none is', async (t) => {
  const { url, asked } = await serve(t, ({ url: path }, response) => {
    const next = { '/form': '/one', '/one': '/two', '/two': '/end' }[path];
    if (next === undefined) response.end('there');
    else response.writeHead(path === '/form' ? 303 : 307, { location: next, 'set-cookie': `at=${path.slice(1)}` }).end();
  });
  const step = { url: `${url}/form`, method: 'POST' as const, body: 'x', checks: { there: { 'body-contains': 'there' } } };
  const followed = begin(t, [chained(stepsOf({ ...step, redirects: 5 }), { settings: { iterations: 1 } })]);
  await followed.run.done;
  assert.deepEqual(
    asked.map(({ method, url: path, headers, body }) => [method, path, headers.cookie, body]),
    [
      ['POST', '/form', undefined, 'x'],
      ['GET', '/one', 'at=form', ''],
      ['GET', '/two', 'at=one', ''],
      ['GET', '/end', 'at=two', ''],
    ],
  );
  assert.deepEqual([followed.sums.outcomes, followed.sums.checks], [{ '3xx': 3, ok: 1 }, { there: [1, 0] }]);
  const short = begin(t, [chained(stepsOf({ ...step, redirects: 1 }), { settings: { iterations: 1 } })]);
  await short.run.done;
  assert.deepEqual([short.sums.outcomes, short.sums.checks], [{ '3xx': 2 }, { there: [0, 1] }]);
  const none = begin(t, [chained(stepsOf(step), { settings: { iterations: 1 } })]);
  await none.run.done;
  assert.deepEqual(none.sums.outcomes, { '3xx': 1 });
});

test('a redirect to another origin takes no credentials along, and one to where nothing leads is not followed', async (t) => {
  const other = await serve(t, (_, response) => response.end());
  const ways: Record<string, string> = { '/away': `${other.url}/home`, '/nowhere': 'ftp://x/', '/misled': 'http://misled.test/' };
  const { url } = await serve(t, ({ url: path }, response) => response.writeHead(302, { location: ways[path] }).end());
  const headers = { authorization: 'Bearer secret', 'x-region': 'eu' };
  const steps = stepsOf(
    { url: `${url}/away`, headers, redirects: 3 },
    { url: `${url}/nowhere`, redirects: 3 },
    { url: `${url}/misled`, redirects: 3 },
  );
  const misled = connect.parse({ hosts: { 'misled.test': 'elsewhere:99999' } });
  const { run, sums } = begin(t, [chained(steps, { connect: misled, settings: { iterations: 1 } })]);
  await run.done;
  assert.deepEqual(
    other.asked.map((each) => [each.url, each.headers.authorization, each.headers['x-region'], each.headers.host]),
    [['/home', undefined, 'eu', new URL(other.url).host]],
  );
  assert.deepEqual(sums.outcomes, { '3xx': 3, ok: 1 });
});

test('requests with tags or a name are counted apart, and with their scenario', async (t) => {
  const { url } = await serve(t, (_, response) => response.end());
  const steps = stepsOf({ url, name: 'home' }, { url, tags: { kind: 'api' } }, { url });
  const { run, series } = begin(t, [chained(steps, { tags: { region: 'eu' }, settings: { iterations: 2 } })]);
  await run.done;
  const tags = series.map((each) => each.tags);
  assert.deepEqual(tags, [{ region: 'eu' }, { region: 'eu', name: 'home' }, { region: 'eu', kind: 'api' }]);
});

test('chains and requests are chosen by their weights', async (t) => {
  const { url, asked } = await serve(t, (_, response) => response.end());
  const scenario = {
    ...scenarioOf({
      executor: 'shared-iterations',
      settings: { vus: 4, iterations: 400 },
      requests: [{ url: `${url}/single`, weight: 1 }],
    }),
    chains: [{ name: 'buy', weight: 3, steps: stepsOf({ url: `${url}/one` }, { url: `${url}/two` }) }],
  };
  await begin(t, [scenario]).run.done;
  const count = (path: string) => asked.filter((each) => each.url === path).length;
  assert.equal(count('/one'), count('/two'));
  assert.equal(count('/single') + count('/one'), 400);
  assert.ok(count('/single') > 60 && count('/single') < 140, `${count('/single')} of 400 with a weight of one in four`);
});

test('a request may have a limit of its own', async (t) => {
  const { url } = await serve(t, ({ url: path }, response) => {
    if (path !== '/slow') response.end();
  });
  const steps = stepsOf({ url: `${url}/quick` }, { url: `${url}/slow`, timeout: { ms: 200 } });
  const { run, sums } = begin(t, [chained(steps, { settings: { iterations: 1 } })]);
  await run.done;
  assert.deepEqual(sums.outcomes, { ok: 1, timeout: 1 });
});

test('a row for each virtual user needs as many rows', (t) => {
  const data = { user: { values: ['a', 'b'], pick: 'unique' as const } };
  assert.throws(
    () => begin(t, [chained(stepsOf({ url: 'http://h/' }), { data, settings: { vus: 3, iterations: 3 } })]),
    /3 virtual users .* there are 2 rows/,
  );
});
