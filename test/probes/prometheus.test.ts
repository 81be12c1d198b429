import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeTools } from '../../probes/probe.ts';
import { prometheus } from '../../probes/prometheus.ts';
import { look, lookOnce, noTools } from './looking.ts';
import { closedPort, httpServer } from './servers.ts';

/** A Prometheus that gives this answer to every query. */
async function answering(status: number, body: unknown, asked: string[] = []) {
  return httpServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

const vector = (...values: readonly string[]) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: values.map((value, index) => ({ metric: { __name__: 'up', job: `j${index}` }, value: [1.5, value] })),
  },
});

async function asked(status: number, body: unknown) {
  await using server = await answering(status, body);
  return await look(prometheus, { server: `http://127.0.0.1:${server.port}`, query: 'up' });
}

test('the one number that a query comes to is read, also of a scalar, also under a path', async () => {
  assert.deepEqual(await asked(200, vector('0.25')), { status: 'ok', value: 0.25 });
  assert.deepEqual(await asked(200, { status: 'success', data: { resultType: 'scalar', result: [1, '7'] } }), { status: 'ok', value: 7 });
  const urls: string[] = [];
  await using server = await answering(200, vector('1e+06'), urls);
  const settings = {
    server: `http://127.0.0.1:${server.port}/prom`,
    query: 'sum(rate(x{a="b"}[1m]))',
    headers: { authorization: 'Bearer s' },
  };
  assert.deepEqual(await look(prometheus, settings, { timeoutMs: 2000 }), { status: 'ok', value: 1_000_000 });
  const url = new URL(urls[0] ?? '', 'http://x');
  assert.deepEqual([url.pathname, ...url.searchParams], ['/prom/api/v1/query', ['query', settings.query], ['timeout', '2000ms']]);
});

test('nothing, several series, NaN, infinity, a range and a text are never a value, and are told apart', async () => {
  const errors = [];
  const bodies = [
    vector(),
    vector('1', '2', '3', '4'),
    vector('NaN'),
    vector('+Inf'),
    { status: 'success', data: { resultType: 'matrix', result: [] } },
    { status: 'success', data: { resultType: 'string', result: [1, '7'] } },
  ];
  for (const body of bodies) {
    const reading = await asked(200, body);
    errors.push(reading.status === 'unknown' ? reading.error : reading);
  }
  assert.deepEqual(errors, [
    'the query returned nothing',
    'the query returned 4 series (up{job="j0"}, up{job="j1"}, up{job="j2"} …); make one of them, as with sum(…)',
    'the query (up{job="j0"}) is NaN',
    'the query (up{job="j0"}) is Infinity',
    'the query asks for a range of values; take one: rate(…[1m]), or leave the [ ] away',
    'the query is a text, not a number',
  ]);
});

test('a query that is wrong, and a server that is no Prometheus, say so', async () => {
  const wrong = await asked(400, { status: 'error', errorType: 'bad_data', error: 'parse error: unexpected end of input' });
  assert.deepEqual(wrong, { status: 'unknown', error: 'bad_data: parse error: unexpected end of input' });
  assert.deepEqual(await asked(200, '<html>'), { status: 'unknown', error: "no answer of a Prometheus: 200 '<html>'" });
});

test('a Prometheus that dies or hangs says nothing of the system', async () => {
  const refused = await look(prometheus, { server: `http://127.0.0.1:${await closedPort()}`, query: 'up' });
  assert.ok(refused.status === 'unknown' && refused.error.startsWith('Prometheus: connect ECONNREFUSED'), JSON.stringify(refused));
  await using silent = await httpServer(() => {});
  const hung = await look(prometheus, { server: `http://127.0.0.1:${silent.port}`, query: 'up' }, { timeoutMs: 50 });
  assert.deepEqual(hung, { status: 'unknown', error: 'Prometheus does not answer in time' });
});

const PAGE = `# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{method="GET",code="200"} 100 1395066363000
http_requests_total{method="GET",code="500"} 4 # {trace="a"} 1 1.5
http_requests_total{code="503",method="PUT"} 1e+00
temperature -3.5
odd{why="a \\"quoted\\" {brace}, and a comma",} NaN
`;

/** What is read of a page. */
async function onPage(series: string, read = 'value', page = PAGE) {
  await using server = await httpServer((_, response) => response.end(page));
  const reading = await look(prometheus, { page: `http://127.0.0.1:${server.port}/metrics`, series, read });
  return reading.status === 'ok' ? (reading.value ?? reading.detail) : `unknown: ${reading.error}`;
}

test('series on a page are chosen by their labels, and read alone or together', async () => {
  assert.equal(await onPage('temperature'), -3.5);
  assert.equal(await onPage('http_requests_total{code="200"}'), 100);
  assert.equal(await onPage('http_requests_total{code=~"5.."}', 'sum'), 5);
  assert.equal(await onPage('http_requests_total{code!~"5..",method!="PUT"}', 'sum'), 100);
  assert.deepEqual(await Promise.all(['avg', 'min', 'max', 'count'].map((read) => onPage('http_requests_total', read))), [35, 1, 100, 3]);
});

test('on a page too nothing, several series and NaN are never a value', async () => {
  assert.equal(
    await onPage('http_requests_total{code="404"}', 'sum'),
    'unknown: no series on the page matches http_requests_total{code="404"}',
  );
  assert.equal(await onPage('http_requests_total', 'count', ''), 'unknown: no series on the page matches http_requests_total');
  assert.equal(
    await onPage('http_requests_total'),
    'unknown: 3 series match http_requests_total; narrow it, or read their sum, avg, min or max',
  );
  assert.equal(await onPage('odd'), 'unknown: odd is NaN');
});

test('a page that is none, is not there, or does not answer is what the system did: null', async () => {
  assert.equal(await onPage('up', 'value', '<html>\n<body>oops'), "no metrics page: '<html>'");
  await using server = await httpServer((_, response) => response.writeHead(503).end());
  const sick = await look(prometheus, { page: `http://127.0.0.1:${server.port}/`, series: 'up' });
  assert.deepEqual(sick, { status: 'ok', value: null, detail: 'the page answered 503' });
  const refused = await look(prometheus, { page: `http://127.0.0.1:${await closedPort()}/`, series: 'up' });
  assert.deepEqual(refused, { status: 'ok', value: null, detail: 'refused' });
});

test('a rate is the growth since the look before; a counter that begins again, and one that appears, began at 0', async () => {
  let page = '';
  let nowMs = 0;
  await using server = await httpServer((_, response) => response.end(page));
  const tools: ProbeTools = { ...noTools, nowMs: () => nowMs };
  const open = prometheus.open({ page: `http://127.0.0.1:${server.port}/`, series: 'errors_total', read: 'rate' });
  const rate = async (atMs: number, text: string) => {
    [nowMs, page] = [atMs, text];
    const reading = await lookOnce(open, { tools });
    return reading.status === 'ok' ? reading.value : reading.error;
  };
  assert.equal(await rate(0, 'errors_total{code="500"} 10'), 'a rate takes two looks');
  assert.equal(await rate(2000, 'errors_total{code="500"} 30'), 10);
  assert.equal(await rate(4000, 'errors_total{code="500"} 30\nerrors_total{code="503"} 4'), 2);
  assert.equal(await rate(5000, 'errors_total{code="500"} 7\nerrors_total{code="503"} 4'), 7);
  assert.equal(await rate(6000, 'up 1'), 'no series on the page matches errors_total');
  assert.equal(await rate(8000, 'errors_total{code="500"} 6'), 3);
});

test('what does not fit together, or selects nothing, is refused while the file is checked', () => {
  const keys = (given: object) => prometheus.misfits?.(given).map(({ key, message }) => `${key}: ${message}`);
  const [server, page] = ['http://127.0.0.1:9090', 'http://127.0.0.1:8080/metrics'];
  assert.deepEqual(keys({ server, query: 'up' }), []);
  assert.deepEqual(keys({ page, series: 'up', read: 'rate' }), []);
  assert.deepEqual(keys({}), ["probe: prometheus needs 'query'"]);
  assert.deepEqual(keys({ query: 'up' }), ["probe: prometheus needs 'server'"]);
  assert.deepEqual(keys({ page }), ["probe: prometheus needs 'series'"]);
  assert.deepEqual(keys({ series: 'up' }), ["probe: prometheus needs 'page'"]);
  assert.deepEqual(keys({ server, query: 'up', page }), ['page: a server is asked a query, or a page for its series, not both']);
  assert.deepEqual(keys({ server, query: 'up', read: 'sum' }), ["read: 'read' is of the series on a page"]);
  for (const series of ['up{', 'up{a}', 'up{a="b"', 'up{a=~"("}', 'sum(up)', '{a="b"}', 'up x']) {
    assert.equal(prometheus.settings.safeParse({ page, series }).success, false, series);
  }
  for (const series of ['up', 'up{}', 'up{a="b",}', ' up { a = "b" , c!~"d|e" } ', '{"my.metric",a="b"}']) {
    assert.equal(prometheus.settings.safeParse({ page, series }).success, true, series);
  }
});
