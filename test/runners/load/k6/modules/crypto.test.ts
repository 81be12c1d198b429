import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { cryptoModule } from '../../../../../runners/load/k6/modules/crypto.ts';
import { MemoryHost } from './support.ts';

const crypto = cryptoModule(new MemoryHost()) as ReturnType<typeof cryptoModule> &
  Record<string, (data: unknown, encoding?: string) => unknown>;

test('every digest that this machine has is what Node says it is', () => {
  const names = {
    md5: 'md5',
    sha1: 'sha1',
    sha256: 'sha256',
    sha384: 'sha384',
    sha512: 'sha512',
    sha512_224: 'sha512-224',
    sha512_256: 'sha512-256',
    ripemd160: 'ripemd160',
  };
  for (const [ours, nodes] of Object.entries(names)) {
    const expected = createHash(nodes).update('viewer').digest('hex');
    assert.equal(crypto[ours]?.('viewer', 'hex'), expected);
    assert.equal(crypto.createHash(ours).update('view').update('er').digest('hex'), expected);
  }
});

test('digests come as hex, base64 in three forms, or bytes', () => {
  const bytes = createHash('sha256').update('a').digest();
  assert.equal(crypto['sha256']?.('a'), bytes.toString('hex'));
  assert.equal(crypto['sha256']?.('a', 'base64'), bytes.toString('base64'));
  assert.equal(crypto['sha256']?.('a', 'base64rawurl'), bytes.toString('base64url'));
  assert.deepEqual(Buffer.from(crypto['sha256']?.('a', 'binary') as ArrayBuffer), bytes);
  assert.throws(() => crypto['sha256']?.('a', 'base32'), /output encoding/);
});

test('an HMAC takes its key as text or bytes, at once or bit by bit', () => {
  const expected = createHmac('sha256', 'key').update('message').digest('hex');
  assert.equal(crypto.hmac('sha256', 'key', 'message', 'hex'), expected);
  assert.equal(crypto.hmac('sha256', Buffer.from('key'), Buffer.from('message')), expected);
  assert.equal(crypto.createHMAC('sha256', 'key').update('mess').update('age').digest(), expected);
});

test('an unknown algorithm and a wrong number of random bytes are refused', () => {
  assert.throws(() => crypto.createHash('sha3'), /invalid algorithm: sha3/);
  assert.throws(() => crypto.hmac('crc32', 'key', ''), /invalid algorithm/);
  for (const wrong of [0, -1, 1.5, 'many', undefined]) assert.throws(() => crypto.randomBytes(wrong), /invalid size/);
  assert.equal(crypto.randomBytes(5).byteLength, 5);
  assert.equal(crypto.hexEncode('az'), '617a');
});
