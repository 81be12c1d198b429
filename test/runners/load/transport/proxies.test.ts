import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FiredrillError } from '../../../../runners/failure.ts';
import { parseUrl } from '../../../../runners/load/transport/origin.ts';
import { proxiesFrom, proxyForAll } from '../../../../runners/load/transport/proxies.ts';

function origin(text: string) {
  const address = parseUrl(text);
  return 'problem' in address ? assert.fail(address.problem) : address.origin;
}

test('the environment names a proxy for each protocol, in capitals or not', () => {
  const choose = proxiesFrom({ http_proxy: 'proxy.test:3128', HTTPS_PROXY: 'https://me:p%40ss@secure.test' });
  assert.deepEqual(choose(origin('http://a.test/')), { secure: false, host: 'proxy.test', port: 3128, authorization: '' });
  assert.deepEqual(choose(origin('https://a.test/')), {
    secure: true,
    host: 'secure.test',
    port: 443,
    authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
  });
  assert.equal(proxiesFrom({})(origin('http://a.test/')), undefined);
});

test('a password that is not percent-encoded is taken as it stands', () => {
  const { authorization } = proxyForAll('http://me:100%@proxy.test')(origin('http://a.test/')) ?? {};
  assert.equal(authorization, `Basic ${Buffer.from('me:100%').toString('base64')}`);
});

test('loopback and sockets go directly, unless one proxy is asked for all', () => {
  const choose = proxiesFrom({ HTTP_PROXY: 'http://proxy.test:3128' });
  for (const url of ['http://127.0.0.1/', 'http://127.9.9.9/', 'http://localhost:8080/', 'http://[::1]/', 'http+unix://%2Fs/'])
    assert.equal(choose(origin(url)), undefined, url);
  const all = proxyForAll('http://proxy.test:3128');
  assert.equal(all(origin('http://127.0.0.1/'))?.host, 'proxy.test');
  assert.equal(all(origin('http+unix://%2Fs/')), undefined);
});

test('NO_PROXY spares names with what is below them, addresses, ranges, and ports', () => {
  const spared = (rules: string, url: string) => proxiesFrom({ HTTP_PROXY: 'p:1', NO_PROXY: rules })(origin(url)) === undefined;
  const cases: [string, string, boolean][] = [
    ['*', 'http://a.test/', true],
    ['a.test', 'http://a.test/', true],
    ['a.test', 'http://b.a.test/', true],
    ['a.test', 'http://ba.test/', false],
    ['.a.test', 'http://a.test/', false],
    ['.a.test', 'http://b.a.test/', true],
    ['*.a.test', 'http://b.a.test/', true],
    ['a.test:8080', 'http://a.test:8080/', true],
    ['a.test:8080', 'http://a.test/', false],
    ['x, 10.0.0.0/8', 'http://10.1.2.3/', true],
    ['10.0.0.0/8', 'http://11.1.2.3/', false],
    ['10.1.2.3', 'http://10.1.2.3:99/', true],
    ['fd00::/8', 'http://[fd00::5]/', true],
    ['fd00::5', 'http://[fd00::5]/', true],
    ['10.0.0.0/99', 'http://10.1.2.3/', false],
  ];
  for (const [rules, url, expected] of cases) assert.equal(spared(rules, url), expected, `${rules} and ${url}`);
});

test('a proxy that load cannot go through is refused, without its password', () => {
  for (const url of ['socks5://me:secret@h:1080', 'http://me:to/secret@h:1080', 'socks5://me:p@secret@h', 'http://', 'http://a b']) {
    assert.throws(
      () => proxiesFrom({ HTTP_PROXY: url }),
      (error) => error instanceof FiredrillError && error.code === 'load.proxy' && !error.message.includes('secret'),
      url,
    );
  }
});
