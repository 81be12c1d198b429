// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how a request names its data
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExperimentFiles } from '../../../experiments/language/files.ts';
import { executors } from '../../../runners/load/executors/index.ts';
import { fixtureKinds } from './fixture-kinds.ts';
import { complaintsOf, experimentOf, problemsOf } from './support.ts';

const kinds = { ...fixtureKinds, executors };

function files(contents: Readonly<Record<string, string>>): ExperimentFiles {
  return {
    resolve: (path) => `/experiments/${path}`,
    read(path, bytesMax) {
      const text = contents[path];
      if (text === undefined) return { ok: false, message: `there is no file ${path}`, hint: 'look' };
      if (text.length > bytesMax) return { ok: false, message: `${path} is too large`, hint: 'cut' };
      return { ok: true, bytes: new TextEncoder().encode(text) };
    },
  };
}

function load(scenario: string, more = ''): string {
  return `title: x\ntargets: {a: {service: a}}\nload:\n  scenarios:\n    v: ${scenario}\n${more}`;
}

const REQUESTS = 'requests: [{url: "http://h/"}]';

function scenarioOf(scenario: string, more = '', contents: Readonly<Record<string, string>> = {}) {
  const [found] = experimentOf(load(scenario, more), { kinds, files: files(contents) }).scenarios;
  assert.ok(found);
  return found;
}

/** Message, and the text that the carets are under, of each problem. */
function wrongIn(scenario: string, more = '', contents: Readonly<Record<string, string>> = {}): string[] {
  return problemsOf(load(scenario, more), { kinds, files: files(contents) }).map(
    ({ message, sourceLine, column, length }) => `${message} @ ${sourceLine.slice(column - 1, column - 1 + length)}`,
  );
}

describe('shortcuts', () => {
  test('name the executor that k6 would take', () => {
    const implied: [string, string, Record<string, unknown>][] = [
      [`{vus: 3, duration: 1s, ${REQUESTS}}`, 'constant-vus', { vus: 3, duration: '1s' }],
      [`{duration: 1s, ${REQUESTS}}`, 'constant-vus', { duration: '1s' }],
      [`{vus: 3, iterations: 9, ${REQUESTS}}`, 'shared-iterations', { vus: 3, iterations: 9 }],
      [`{iterations: 9, duration: 5s, ${REQUESTS}}`, 'shared-iterations', { iterations: 9, maxDuration: '5s' }],
      [
        `{vus: 2, stages: [{duration: 1s, target: 4}], ${REQUESTS}}`,
        'ramping-vus',
        { startVUs: 2, stages: [{ duration: '1s', target: 4 }] },
      ],
      [`{rate: 5, duration: 1s, ${REQUESTS}}`, 'constant-arrival-rate', { rate: 5, duration: '1s' }],
      [
        `{startRate: 5, stages: [{duration: 1s, target: 4}], ${REQUESTS}}`,
        'ramping-arrival-rate',
        { startRate: 5, stages: [{ duration: '1s', target: 4 }] },
      ],
    ];
    for (const [text, executor, settings] of implied) {
      const scenario = scenarioOf(text);
      assert.deepEqual([scenario.executor, scenario.settings], [executor, settings], text);
    }
  });

  test('that contradict each other are refused, each at its place', () => {
    assert.deepEqual(wrongIn(`{duration: 1s, stages: [{duration: 1s, target: 4}], ${REQUESTS}}`), [
      "'stages' and 'duration' together do not say which executor is meant @ duration",
    ]);
    assert.deepEqual(wrongIn(`{rate: 1, duration: 1s, vus: 4, ${REQUESTS}}`), [
      "'rate' and 'vus' together do not say which executor is meant @ vus",
    ]);
    assert.match(complaintsOf(load(`{${REQUESTS}}`), { kinds }), /missing key 'executor'\n {2}hint: one of: constant-arrival-rate, /);
  });

  test('of a variant count like those of the file', () => {
    const text = load(`{rate: 5, duration: 1s, ${REQUESTS}}`, 'variants: {other: {load: {scenarios: {v: {rate: 7}}}}}\n');
    assert.deepEqual(experimentOf(text, { kinds, variant: 'other' }).scenarios[0]?.settings, { rate: 7, duration: '1s' });
  });
});

describe('settings of executors', () => {
  test('that do not fit together are pointed at', () => {
    assert.deepEqual(wrongIn(`{executor: shared-iterations, vus: 5, iterations: 2, ${REQUESTS}}`), [
      'iterations is 2, fewer than vus, 5 @ iterations',
    ]);
    assert.deepEqual(wrongIn(`{rate: 10, duration: 0s, ${REQUESTS}}`), ['duration is 0ms, must be above 0 and at most 24h @ duration']);
  });

  test('that are far off are refused: rates of 0, below 0, of ten million', () => {
    assert.deepEqual(wrongIn(`{rate: 0, duration: 1s, ${REQUESTS}}`), ['0 must be more than 0 @ 0']);
    assert.deepEqual(wrongIn(`{rate: -5, duration: 1s, ${REQUESTS}}`), ['-5 must be more than 0 @ -5']);
    assert.deepEqual(wrongIn(`{rate: 10000000, duration: 1s, ${REQUESTS}}`), ['10000000 must be at most 1000000 @ 10000000']);
    assert.match(
      wrongIn(`{rate: 600000, duration: 1s, ${REQUESTS}}`)[0] ?? '',
      /comes to 600000 iterations a second, the limit is \d+ @ rate/,
    );
  });

  test('from the environment are read as the numbers that they stand for', () => {
    const text = load('{rate: "${RATE}", duration: 1s, requests: [{url: "http://h/"}]}');
    assert.match(problemsOf(text, { kinds, environment: { RATE: '600000' } })[0]?.message ?? '', /the limit is/);
  });
});

describe('a start', () => {
  const method = 'method:\n  - {at: 9s, fault: noop, target: a}\n  - {at: 1s, fault: noop, target: a, name: first}\n';

  test('is a time of the run, or counts from a fault', () => {
    const start = (text: string) => scenarioOf(`{rate: 1, duration: 1s, startTime: ${text}, ${REQUESTS}}`, method).startTime;
    assert.deepEqual(start('10s'), { ms: 10_000 });
    assert.deepEqual(start('fault+5s'), { ms: 5000, after: { of: 'fault', fault: 'first' } });
    assert.deepEqual(start('fault'), { ms: 0, after: { of: 'fault', fault: 'first' } });
    assert.deepEqual(start('undo:noop+1m'), { ms: 60_000, after: { of: 'undo', fault: 'noop' } });
  });

  test('needs a fault that there is', () => {
    const wrong = (text: string, more = method) => wrongIn(`{rate: 1, duration: 1s, startTime: ${text}, ${REQUESTS}}`, more);
    assert.deepEqual(wrong('fault:secnd+1s'), ["there is no fault 'secnd' in the method @ fault:secnd+1s"]);
    assert.deepEqual(wrong('fault+1s', ''), ['the start is counted from a fault, and the method has none @ fault+1s']);
    assert.match(wrong('soon')[0] ?? '', /'soon' is not a start/);
    assert.match(wrong('fault+5')[0] ?? '', /'fault\+5' is not a start/);
  });
});

describe('what an iteration does', () => {
  test('is a request, a list of steps, or one of several', () => {
    const steps = '[{url: "http://h/a"}, {think: 2s}, {think: {between: [1s, 3s]}}, {url: "http://h/b", method: POST, json: {a: 1}}]';
    const scenario = scenarioOf(`{rate: 1, duration: 1s, steps: ${steps}, chains: {buy: {weight: 3, steps: [{url: "http://h/"}]}}}`);
    assert.deepEqual(scenario.requests, []);
    assert.deepEqual(
      scenario.chains?.map(({ name, weight, steps: all }) => [name, weight, all.length]),
      [
        ['steps', 1, 4],
        ['buy', 3, 1],
      ],
    );
    assert.deepEqual(scenario.chains?.[0]?.steps.slice(1, 3), [
      { think: { fromMs: 2000, toMs: 2000 } },
      { think: { fromMs: 1000, toMs: 3000 } },
    ]);
  });

  test('must be something', () => {
    assert.deepEqual(wrongIn('{rate: 1, duration: 1s}'), ["scenario 'v' does nothing: it needs requests, steps or chains @ v"]);
  });

  test('is checked key by key', () => {
    const step = (text: string) => wrongIn(`{rate: 1, duration: 1s, steps: [${text}]}`);
    assert.deepEqual(step('{url: "nowhere"}'), ['\'nowhere\' is not a URL that load can be sent to @ "nowhere"']);
    assert.deepEqual(step('{url: "http://${__VU}.h/"}'), [
      '\'http://${__VU}.h/\' is not a URL that load can be sent to @ "http://${__VU}.h/"',
    ]);
    assert.match(step('{url: "http://u:secret@h/"}').join(), /^the URL to h holds a user name/);
    assert.doesNotMatch(step('{url: "http://u:secret@h:port/"}')[0]?.split(' @ ')[0] ?? '', /secret/);
    assert.deepEqual(step('{url: "http://h/", body: a, json: {}}'), ['a request cannot send body and json together @ {}']);
    assert.deepEqual(step('{think: {between: [3s, 1s]}}'), ['a list needs the shorter one first @ [3s, 1s]']);
    assert.deepEqual(step('{think: {betwen: [1s, 3s]}}'), ['a pause needs one of between @ betwen']);
    assert.match(step('{url: "http://h/", checks: {a: {status: 2x}}}')[0] ?? '', /is not a status/);
    assert.match(step('{url: "http://h/", checks: {a: {equals: 1}}}')[0] ?? '', /has equals or matches, but not of what/);
    assert.match(step('{url: "http://h/", checks: {a: {}}}')[0] ?? '', /is a check of nothing/);
    assert.match(step('{url: "http://h/", checks: {a: {json: "$.["}}}')[0] ?? '', /'\$\.\[' is not a JSONPath/);
    assert.match(step('{url: "http://h/", checks: {a: {body-matches: "("}}}')[0] ?? '', /'\(' is not a regular expression/);
    assert.match(step('{url: "http://h/", extract: {a: {}}}')[0] ?? '', /is taken from nothing/);
    assert.match(step('{url: "http://h/", redirects: 50}')[0] ?? '', /50 must be at most 20/);
  });
});

describe('names in requests', () => {
  test('may be extracted by an earlier step of the same chain, and by no other', () => {
    const login = '{url: "http://h/login", extract: {token: {json: $.token}}}';
    const use = '{url: "http://h/", headers: {authorization: "Bearer ${token}"}}';
    assert.equal(scenarioOf(`{rate: 1, duration: 1s, steps: [${login}, ${use}]}`).chains?.length, 1);
    const wrong = ['${token} has no value here @ "Bearer ${token}"'];
    assert.deepEqual(wrongIn(`{rate: 1, duration: 1s, steps: [${use}, ${login}]}`), wrong);
    assert.deepEqual(wrongIn(`{rate: 1, duration: 1s, chains: {a: {steps: [${login}]}, b: {steps: [${use}]}}}`), wrong);
  });

  test('may be columns of a file, which must be there', () => {
    const scenario = (name: string) => `{rate: 1, duration: 1s, data: {user: {csv: users.csv}}, requests: [{url: "http://h/\${${name}}"}]}`;
    const contents = { 'users.csv': 'email,password\na,b\n' };
    assert.deepEqual(scenarioOf(scenario('user.email'), '', contents).data['user'], { csv: '/experiments/users.csv' });
    assert.deepEqual(wrongIn(scenario('user.emial'), '', contents), ["'user' has no column 'emial' @ \"http://h/${user.emial}\""]);
    assert.deepEqual(wrongIn(scenario('user'), '', contents), ['\'user\' has several columns @ "http://h/${user}"']);
    assert.equal(scenarioOf(scenario('user'), '', { 'users.csv': 'email\na\n' }).name, 'v', 'the only column needs no name');
  });

  test('need no quotes around what the environment has beside them', () => {
    const text = load('{rate: 1, duration: 1s, data: {id: {values: [1]}}, requests: [{url: "http://h/${id}/${HOME}"}]}');
    assert.equal(experimentOf(text, { kinds, environment: { HOME: 'x' } }).scenarios[0]?.requests[0]?.url, 'http://h/${id}/x');
  });
});

describe('files', () => {
  test('that are missing, empty or wrong are pointed at', () => {
    const csv = (contents: Readonly<Record<string, string>>) =>
      wrongIn(`{rate: 1, duration: 1s, data: {user: {csv: users.csv}}, ${REQUESTS}}`, '', contents);
    assert.deepEqual(csv({}), ['there is no file users.csv @ users.csv']);
    assert.deepEqual(csv({ 'users.csv': '' }), ['users.csv is empty @ users.csv']);
    assert.match(csv({ 'users.csv': 'a,b\n1\n' })[0] ?? '', /^users\.csv is not CSV: .*line 2.* @ users\.csv$/);
    const used = '{rate: 1, duration: 1s, data: {user: {csv: users.csv}}, requests: [{url: "http://h/${user.email}"}]}';
    assert.deepEqual(wrongIn(used), ['there is no file users.csv @ users.csv'], 'what its columns are is not guessed at');
    const body = wrongIn('{rate: 1, duration: 1s, requests: [{url: "http://h/", method: PUT, body-file: logo.png}]}');
    assert.deepEqual(body, ['there is no file logo.png @ logo.png']);
  });

  test('count from the folder of the experiment', () => {
    const scenario = scenarioOf('{rate: 1, duration: 1s, steps: [{url: "http://h/", method: PUT, body-file: logo.png}]}', '', {
      'logo.png': 'x',
    });
    const [step] = scenario.chains?.[0]?.steps ?? [];
    assert.equal(step && 'url' in step && step['body-file'], '/experiments/logo.png');
  });
});

describe('thresholds', () => {
  const thresholds = (text: string) => load(`{rate: 1, duration: 1s, tags: {region: eu}, ${REQUESTS}}`, `  thresholds: ${text}\n`);

  test('are texts, or maps that may end the run', () => {
    const { thresholds: all } = experimentOf(
      thresholds(
        '{http_req_failed: [rate<0.01, {threshold: rate<0.5, abortOnFail: true, delayAbortEval: 10s}], "http_req_duration{region:eu}": p(95)<300}',
      ),
      { kinds },
    );
    assert.deepEqual(
      all?.map(({ load: { text }, threshold, abortOnFail, delayAbortEval }) => [text, threshold.text, abortOnFail, delayAbortEval.ms]),
      [
        ['http_req_failed', 'rate<0.01', false, 0],
        ['http_req_failed', 'rate<0.5', true, 10_000],
        ['http_req_duration{region:eu}', 'p(95)<300', false, 0],
      ],
    );
  });

  test('on a metric, a tag or an aggregation that there is not are refused at their places', () => {
    const wrong = (text: string) => problemsOf(thresholds(text), { kinds }).map(({ message }) => message);
    assert.deepEqual(wrong('{http_req_fialed: [rate<0.01]}'), ["there is no metric 'http_req_fialed'"]);
    assert.deepEqual(wrong('{http_req_duration: [{threshold: rate<0.01}]}'), ["'rate' does not suit http_req_duration"]);
    assert.deepEqual(wrong('{"http_req_failed{region:us}": rate<0.01}'), ['no scenario has the tag region:us']);
    assert.deepEqual(wrong('{"http_req_failed{": rate<0.01}').length, 1);
    assert.match(wrong('{http_req_failed: [rate<<1]}')[0] ?? '', /is not a threshold/);
    assert.match(wrong('{http_req_failed: [{threshold: rate<1, abortOnFial: true}]}')[0] ?? '', /unknown key 'abortOnFial'/);
  });

  test('may be about what only answers tell of whole requests, and of nothing else', () => {
    const wrong = (text: string) => problemsOf(thresholds(text), { kinds }).map(({ message }) => message);
    const text = thresholds('{"http_reqs{status:503}": count<5, "http_req_failed{region:eu,error_code:1050}": rate<1}');
    assert.equal(experimentOf(text, { kinds }).thresholds?.length, 2);
    assert.deepEqual(wrong('{"http_reqs{status:503,region:us}": count<5}'), ['no scenario has the tag region:us']);
    assert.deepEqual(wrong('{"checks{status:503}": rate<1}'), ["no scenario has a tag 'status'"]);
  });

  test('may be about the tags and the name of a single request, and about what is extracted', () => {
    const text = load(
      '{rate: 1, duration: 1s, steps: [{url: "http://h/", name: login, tags: {step: one}, extract: {token: {json: $.t}}}]}',
      '  thresholds: {"http_req_failed{name:login}": rate<1, "http_req_failed{step:one,scenario:v}": rate<1, "checks{check:extract.token}": rate>0.9}\n',
    );
    assert.equal(experimentOf(text, { kinds }).thresholds?.length, 3);
  });
});
