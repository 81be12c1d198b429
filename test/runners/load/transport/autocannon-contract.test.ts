import assert from 'node:assert/strict';
import { test } from 'node:test';
import Client from 'autocannon/lib/httpClient.js';
import { FiredrillError } from '../../../../runners/failure.ts';
import { AUTOCANNON_VERSION, assertAutocannon } from '../../../../runners/load/transport/autocannon-contract.ts';

test('the installed autocannon is the one that the load is built on', () => {
  assert.doesNotThrow(() => assertAutocannon());
});

test('another version is refused, naming both and what to type', () => {
  assert.throws(
    () => assertAutocannon({ version: '10.0.0', prototype: Client.prototype }),
    (error) =>
      error instanceof FiredrillError &&
      error.message.includes('10.0.0') &&
      error.hint === `npm install --save-exact autocannon@${AUTOCANNON_VERSION}`,
  );
});

test('a client that lost a private method is refused, naming it', () => {
  const prototype = { _connect() {}, _resetConnection() {}, _destroyConnection() {}, destroy() {} };
  assert.throws(() => assertAutocannon({ version: AUTOCANNON_VERSION, prototype }), /lacks _doRequest/);
});
