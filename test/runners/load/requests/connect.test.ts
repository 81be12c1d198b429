import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Connect, connect } from '../../../../experiments/language/load-connect.ts';
import { FiredrillError } from '../../../../runners/failure.ts';
import { planScenarios } from '../../../../runners/load/generator/plan-scenarios.ts';
import { connectOptions } from '../../../../runners/load/requests/connect.ts';
import { begin, originOf, scenarioOf } from '../support.ts';
import { http2Server } from '../transport/servers.ts';

const CERT = fileURLToPath(new URL('../fixtures/localhost.crt', import.meta.url));

function connecting(settings: Parameters<typeof connect.parse>[0]): Connect {
  return connect.parse(settings);
}

async function outcomesOf(t: TestContext, port: number, settings: object): Promise<string[]> {
  const url = `https://localhost:${port}/`;
  const { run, sums } = begin(t, { url, connect: connecting(settings), settings: { rate: 20, duration: '1s' } });
  await run.done;
  assert.equal(sums.planned, 20);
  return Object.keys(sums.outcomes);
}

test('a scenario over HTTP/2 with its own authority is answered; without it nobody is trusted', async (t) => {
  const { port, sessions } = await http2Server(t, (stream) => stream.end('ok'));
  assert.deepEqual(await outcomesOf(t, port, { tls: { ca: CERT }, http2: 'only' }), ['ok']);
  assert.equal(sessions.length, 1);
  assert.deepEqual(await outcomesOf(t, port, { hosts: { localhost: `127.0.0.1:${port}` } }), ['tls']);
  assert.deepEqual(await outcomesOf(t, port, { tls: { insecureSkipTLSVerify: true } }), ['ok']);
});

test('without a word the proxies of the environment count; none, or one for all, can be asked for', () => {
  const environment = { HTTP_PROXY: 'http://proxy.test:3128' };
  const chosen = (settings: object | undefined) => {
    const options = connectOptions({ name: 'v', connect: settings ? connecting(settings) : undefined }, environment);
    return ['far.test', '127.0.0.1'].map((hostname) => options.proxy?.(originOf(80, { hostname }))?.host);
  };
  assert.deepEqual(chosen(undefined), ['proxy.test', undefined]);
  assert.deepEqual(chosen({}), ['proxy.test', undefined]);
  assert.deepEqual(chosen({ proxy: 'none' }), [undefined, undefined]);
  assert.deepEqual(chosen({ proxy: 'http://other.test:1' }), ['other.test', 'other.test']);
  assert.equal(connectOptions({ name: 'v', connect: connecting({ retryDeadConnections: false }) }, {}).retryRested, false);
});

test('what cannot be used is refused before anything is sent, naming the scenario, the file or the setting', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const empty = join(folder, 'empty.pem');
  const text = join(folder, 'text.pem');
  writeFileSync(empty, '');
  writeFileSync(text, 'no certificate');
  const cases: [object, string, RegExp][] = [
    [{ tls: { ca: join(folder, 'gone.pem') } }, 'load.tls', /viewers: there is no file .*gone\.pem/],
    [{ tls: { ca: empty } }, 'load.tls', /empty\.pem is empty/],
    [{ tls: { cert: text, key: text } }, 'load.tls', /TLS settings for localhost cannot be used/],
    [{ tls: { ciphers: 'NO-SUCH' } }, 'load.tls', /TLS settings for localhost/],
  ];
  for (const [settings, code, message] of cases) {
    assert.throws(
      () => planScenarios([scenarioOf({ url: 'https://localhost/', connect: connecting(settings) })]),
      (error) => error instanceof FiredrillError && error.code === code && message.test(error.message) && error.exitCode === 3,
      JSON.stringify(settings),
    );
  }
});
