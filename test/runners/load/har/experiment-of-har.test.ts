// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of experiments are written like this
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STEPS_MAX } from '../../../../experiments/language/load-request.ts';
import { parseExperiment } from '../../../../experiments/language/parse.ts';
import { formatProblems } from '../../../../experiments/language/problems.ts';
import { kinds } from '../../../../runners/cli/kinds.ts';
import { FiredrillError } from '../../../../runners/failure.ts';
import { experimentOfHar } from '../../../../runners/load/har/experiment-of-har.ts';

const ALL = { hosts: [], dropStatic: false };

function entry(
  seconds: number,
  method: string,
  url: string,
  more: { headers?: Record<string, string>; body?: string; type?: string } = {},
) {
  const headers = Object.entries(more.headers ?? {}).map(([name, value]) => ({ name, value }));
  const postData = more.body === undefined ? {} : { postData: { mimeType: 'text/plain', text: more.body } };
  return {
    startedDateTime: new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString(),
    time: 100,
    request: { method, url, headers, ...postData },
    response: { content: { mimeType: more.type ?? 'text/html' } },
  };
}

const session = JSON.stringify({
  log: {
    entries: [
      entry(4, 'POST', 'http://shop.test/buy?token=abc&size=a%20b', {
        headers: { Authorization: 'Bearer s3cret', Cookie: 'session=s3cret', 'Content-Length': '9', 'X-Region': 'eu' },
        body: 'price ${x}',
      }),
      entry(0, 'GET', 'http://shop.test/', { headers: { ':authority': 'shop.test', 'sec-fetch-mode': 'navigate' } }),
      entry(0.2, 'GET', 'http://shop.test/logo.png', { type: 'image/png' }),
      entry(0.3, 'GET', 'http://tracker.test/pixel'),
    ],
  },
});

test('a session becomes steps in order of time, with its pauses, and an experiment that is right', () => {
  const { yaml, notes } = experimentOfHar(session, { hosts: ['shop.test'], dropStatic: true });
  const environment = { AUTHORIZATION: 'Bearer mine', TOKEN: 'mine' };
  const parsed = parseExperiment(yaml, { file: 'recorded.yaml', kinds, environment });
  assert.ok(parsed.ok, parsed.ok ? '' : formatProblems(parsed.problems));
  const steps = parsed.experiment.scenarios[0]?.chains?.[0]?.steps ?? [];
  assert.deepEqual(
    steps.map((step) => ('think' in step ? step.think.fromMs : `${step.method} ${step.url}`)),
    ['GET http://shop.test/', 3900, 'POST http://shop.test/buy?token=mine&size=a%20b'],
  );
  const [, , buy] = steps;
  assert.ok(buy && 'url' in buy);
  assert.deepEqual([buy.headers, buy.body], [{ Authorization: 'Bearer mine', 'X-Region': 'eu' }, 'price ${x}']);
  assert.doesNotMatch(yaml, /s3cret|abc/);
  assert.deepEqual(notes, [
    '2 of 4 requests were kept.',
    'Cookies of 1 requests were left out: each virtual user keeps those that it is given.',
    'These are variables of the environment now: AUTHORIZATION, TOKEN.',
    '1 bodies are as they were recorded: look for passwords in them.',
  ]);
  assert.match(experimentOfHar(session, ALL).notes[0] ?? '', /^4 of 4/);
});

/** One request that posts what `postData` says. */
function posted(postData: object): string {
  const [only] = [entry(0, 'POST', 'http://shop.test/login', { headers: { 'Content-Type': 'as recorded' } })];
  return JSON.stringify({ log: { entries: [{ ...only, request: { ...only?.request, postData } }] } });
}

test('a form that was recorded field by field is sent as one, with its secrets as variables', () => {
  const params = [
    { name: 'user name', value: 'ann & bob' },
    { name: 'password', value: 's3cret' },
  ];
  const { yaml } = experimentOfHar(posted({ mimeType: 'application/x-www-form-urlencoded; charset=utf-8', params }), ALL);
  assert.match(yaml, /body: user%20name=ann%20%26%20bob&password=\$\{secret:PASSWORD\}$/m);
  assert.match(yaml, /Content-Type: as recorded/);
  assert.doesNotMatch(yaml, /s3cret/);
});

test('what was uploaded and not recorded is told', () => {
  const params = [{ name: 'picture', fileName: 'me.png' }];
  const { yaml, notes } = experimentOfHar(posted({ mimeType: 'multipart/form-data', params }), ALL);
  assert.doesNotMatch(yaml, /body/);
  assert.deepEqual(notes.slice(1), ['What 1 requests uploaded was not recorded: add a body or a body-file.']);
});

test('a session of more steps than an iteration may have is refused, with what to leave out', () => {
  const entries = Array.from({ length: STEPS_MAX + 1 }, (_, index) => entry(index / 10, 'GET', `http://shop.test/${index}`));
  assert.throws(
    () => experimentOfHar(JSON.stringify({ log: { entries } }), ALL),
    (error) => error instanceof FiredrillError && /has 501 steps/.test(error.message) && /--drop-static/.test(error.hint ?? ''),
  );
  const { yaml } = experimentOfHar(JSON.stringify({ log: { entries: entries.slice(1) } }), ALL);
  assert.ok(parseExperiment(yaml, { file: 'recorded.yaml', kinds, environment: {} }).ok);
});

test('what is no session is refused in words', () => {
  const refused: [string, RegExp][] = [
    ['<html>', /it is not JSON/],
    ['{"log": {}}', /it is no HAR: log\.entries/],
    ['{"log": {"entries": []}}', /no request of the session is left/],
    [
      JSON.stringify({ log: { entries: [{ ...entry(0, 'GET', 'http://shop.test/'), startedDateTime: 'yesterday' }] } }),
      /it is no HAR: log\.entries\.0\.startedDateTime: is no time/,
    ],
  ];
  for (const [text, message] of refused) {
    assert.throws(
      () => experimentOfHar(text, ALL),
      (error) => error instanceof FiredrillError && error.exitCode === 3 && message.test(error.message),
    );
  }
});
