import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorOf } from '../../../../../runners/load/k6/network/error-codes.ts';
import type { Failure } from '../../../../../runners/load/transport/engine.ts';

const failure = (code: string, during: Failure['during'] = 'exchanging', more: Partial<Failure> = {}) => ({
  code,
  message: 'words',
  during,
  ...more,
});

test('failures have the codes that k6 documents', () => {
  const codes: [Failure, number][] = [
    [failure('FIREDRILL_TIMEOUT', 'waiting'), 1050],
    [failure('EAI_AGAIN', 'connecting'), 1100],
    [failure('ENOTFOUND', 'connecting'), 1101],
    [failure('EPIPE'), 1201],
    [failure('EIO'), 1202],
    [failure('FIREDRILL_CLOSED', 'connecting'), 1210],
    [failure('ETIMEDOUT', 'connecting'), 1211],
    [failure('ECONNREFUSED', 'connecting'), 1212],
    [failure('EHOSTUNREACH', 'connecting'), 1213],
    [failure('ECONNRESET'), 1220],
    [failure('ERR_SSL_NO_PROTOCOLS_AVAILABLE', 'securing'), 1300],
    [failure('SELF_SIGNED_CERT_IN_CHAIN', 'securing'), 1310],
    [failure('ERR_TLS_CERT_ALTNAME_INVALID', 'securing'), 1311],
    [failure('X', 'exchanging', { http2: { scope: 'goaway', code: 0 } }), 1611],
    [failure('X', 'exchanging', { http2: { scope: 'stream', code: 11 } }), 1642],
    [failure('X', 'exchanging', { http2: { scope: 'connection', code: 99 } }), 1650],
    [failure('FIREDRILL_CLOSED'), 1000],
  ];
  for (const [given, code] of codes) assert.equal(errorOf(given).errorCode, code, given.code);
});
