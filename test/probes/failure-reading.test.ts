import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorText, readFailure, untilAborted } from '../../probes/failure-reading.ts';

const inTime = new AbortController().signal;
const coded = (code: string) => Object.assign(new Error(`${code} happened`), { code });

test('what the system did is a reading of null', () => {
  const details = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENOTFOUND', 'ERR_TLS_CERT_ALTNAME_INVALID'].map((code) =>
    readFailure(coded(code), inTime),
  );
  assert.deepEqual(
    details.map((reading) => reading.status === 'ok' && reading.value === null && reading.detail),
    ['refused', 'reset', 'unreachable', 'no such name', 'tls (ERR_TLS_CERT_ALTNAME_INVALID)'],
  );
});

test('what kept us from looking is unknown', () => {
  for (const code of ['EAI_AGAIN', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EMFILE', 'EACCES', 'ERR_INVALID_CHAR']) {
    assert.deepEqual(readFailure(coded(code), inTime), { status: 'unknown', error: `${code} happened` });
  }
  assert.deepEqual(readFailure(new TypeError('our bug'), inTime), { status: 'unknown', error: 'our bug' });
});

test('a failure of all addresses of a name is read by the first', () => {
  const all = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]);
  assert.deepEqual(readFailure(all, inTime), { status: 'ok', value: null, detail: 'refused' });
});

test('whatever error the limit caused is read as timed out', () => {
  assert.deepEqual(readFailure(new TypeError('aborted somewhere'), AbortSignal.abort()), {
    status: 'ok',
    value: null,
    detail: 'timed out',
  });
});

test('an error without a message still says something, on one line', () => {
  assert.equal(errorText(Object.assign(new Error(''), { code: 'EPIPE' })), 'EPIPE');
  assert.equal(errorText(new Error('two\n  lines')), 'two lines');
});

test('waiting ends when the signal aborts, and not before', async () => {
  const limit = new AbortController();
  const never = untilAborted(limit.signal, new Promise(() => {}));
  limit.abort();
  await assert.rejects(never, /cut off at its limit/);
  await assert.rejects(untilAborted(AbortSignal.abort(), new Promise(() => {})), /cut off at its limit/);
  assert.equal(await untilAborted(inTime, Promise.resolve(7)), 7);
  await assert.rejects(untilAborted(inTime, Promise.reject(new Error('its own'))), /its own/);
});
