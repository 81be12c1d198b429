import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executors } from '../../../runners/load/executors/index.ts';
import { fixtureKinds } from './fixture-kinds.ts';
import { experimentOf, problemsOf } from './support.ts';

const kinds = { ...fixtureKinds, executors };

function text(connect: string, url = 'https://h/'): string {
  return `title: x\nload:\n  scenarios:\n    v: {vus: 1, duration: 1s, requests: [{url: "${url}"}], connect: ${connect}}\n`;
}

function connectOf(connect: string) {
  const files = { resolve: (path: string) => `/experiments/${path}`, read: () => ({ ok: true, bytes: new Uint8Array([1]) }) as const };
  return experimentOf(text(connect), { kinds, files }).scenarios[0]?.connect;
}

test('what is not said is as usual, and files count from the folder of the experiment', () => {
  assert.deepEqual(connectOf('{}'), { http2: 'auto', hosts: {}, proxy: 'environment', retryDeadConnections: true });
  assert.deepEqual(connectOf('{tls: {ca: certs/ca.pem, cert: c.pem, key: k.pem, minVersion: TLSv1.2, maxVersion: TLSv1.3}}')?.tls, {
    ca: '/experiments/certs/ca.pem',
    cert: '/experiments/c.pem',
    key: '/experiments/k.pem',
    insecureSkipTLSVerify: false,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
  });
});

test('every spelling of an address and of a proxy is taken', () => {
  const hosts = '{a: 127.0.0.1, "b:80": "127.0.0.1:8080", "*.c": other, d: "::1", e: "[::1]", f: "[::1]:8443", g: "other:1"}';
  assert.equal(Object.keys(connectOf(`{hosts: ${hosts}}`)?.hosts ?? {}).length, 7);
  for (const proxy of ['environment', 'none', 'http://proxy:3128', 'https://me:pw@proxy'])
    assert.equal(connectOf(`{proxy: "${proxy}"}`)?.proxy, proxy);
});

test('what cannot be is told with its place', () => {
  const cases: [string, RegExp, string][] = [
    ['{http2: sometimes}', /none of auto, never, only/, 'sometimes'],
    ['{hosts: {a: "http://b"}}', /write an address/, '"http://b"'],
    ['{hosts: {a: "b:c"}}', /write an address/, '"b:c"'],
    ['{proxy: "socks5://h"}', /write environment, none, or/, '"socks5://h"'],
    ['{tls: {cert: c.pem}}', /cert and key belong together/, '{cert: c.pem}'],
    ['{tls: {minVersion: TLSv1.3, maxVersion: TLSv1.2}}', /minVersion is above maxVersion/, '{minVersion: TLSv1.3, maxVersion: TLSv1.2}'],
    ['{tls: {minVersion: SSLv3}}', /none of TLSv1, /, 'SSLv3'],
    ['{tls: {insecureSkipTlsVerify: true}}', /insecureSkipTlsVerify/, 'insecureSkipTlsVerify'],
  ];
  for (const [connect, message, marked] of cases) {
    const [problem, ...more] = problemsOf(text(connect), { kinds });
    assert.match(problem?.message ?? '', message, connect);
    assert.equal(problem?.sourceLine.slice(problem.column - 1, problem.column - 1 + problem.length), marked, connect);
    assert.deepEqual(more, [], connect);
  }
});

test('HTTP/2 alone for http:// URLs through a proxy is told with its place; everything less is right', () => {
  const proxied = '{http2: only, proxy: "http://proxy:3128"}';
  const [problem, ...more] = problemsOf(text(proxied, 'http://h/'), { kinds });
  assert.match(problem?.message ?? '', /a proxy takes no HTTP\/2 for http:\/\/ URLs/);
  assert.match(problem?.hint ?? '', /https:\/\/ URLs, http2: auto, or proxy: none/);
  assert.equal(problem?.sourceLine.slice(problem.column - 1, problem.column - 1 + problem.length), 'only');
  assert.deepEqual(more, []);
  for (const [connect, url] of [
    [proxied, 'https://h/'],
    [proxied, 'http+unix://%2Fs/'],
    ['{http2: auto, proxy: "http://proxy:3128"}', 'http://h/'],
    ['{http2: only, proxy: none}', 'http://h/'],
    ['{http2: only}', 'http://h/'],
  ] as const)
    assert.equal(experimentOf(text(connect, url), { kinds }).scenarios.length, 1, `${connect} ${url}`);
});
