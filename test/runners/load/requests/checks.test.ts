import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepareChecks } from '../../../../runners/load/requests/checks.ts';
import { outcomeOfError, outcomeOfStatus } from '../../../../runners/load/transport/outcomes.ts';

const answer = { status: 200, headers: ['X-Served-By', 'us-east-1', 'Age', '3'], body: Buffer.from('{"video":"7"}') };

function passes(check: Parameters<typeof prepareChecks>[0][string]): boolean | undefined {
  return prepareChecks({ check })[0]?.passes(answer);
}

test('a check holds when each of its lines does', () => {
  assert.equal(passes({ status: 200 }), true);
  assert.equal(passes({ status: 204 }), false);
  assert.equal(passes({ header: 'x-served-by', equals: 'us-east-1' }), true);
  assert.equal(passes({ header: 'x-served-by', equals: 'sa-east-1' }), false);
  assert.equal(passes({ header: 'age' }), true);
  assert.equal(passes({ header: 'etag' }), false);
  assert.equal(passes({ 'body-contains': '"7"' }), true);
  assert.equal(passes({ 'body-contains': '"8"' }), false);
  assert.equal(passes({ status: 200, header: 'age', equals: '4' }), false);
});

test('only a check of the body asks for the body', () => {
  const [status, body] = prepareChecks({ status: { status: 200 }, body: { 'body-contains': 'x' } });
  assert.equal(status?.needsBody, false);
  assert.equal(body?.needsBody, true);
});

test('each status and each error of a socket has its outcome', () => {
  const statuses = [200, 204, 302, 404, 429, 500, 503, 600, 99].map(outcomeOfStatus);
  assert.deepEqual(statuses, ['ok', 'ok', '3xx', '4xx', '4xx', '5xx', '5xx', 'parse', 'parse']);
  const failed = (code: string, handshaking = false) => outcomeOfError(Object.assign(new Error(code), { code }), handshaking);
  assert.equal(failed('ECONNREFUSED'), 'refused');
  assert.equal(failed('ECONNRESET'), 'reset');
  assert.equal(failed('EPIPE'), 'reset');
  assert.equal(failed('ETIMEDOUT'), 'timeout');
  assert.equal(failed('ENOTFOUND'), 'dns');
  assert.equal(failed('EADDRNOTAVAIL'), 'dropped');
  assert.equal(failed('DEPTH_ZERO_SELF_SIGNED_CERT', true), 'tls');
  assert.equal(failed('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls');
  assert.equal(failed('ECONNRESET', true), 'reset');
});
