import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Base64,
  base64Bytes,
  base64Text,
  hexBytes,
  hexText,
  toBytes,
  utf8Bytes,
  utf8Text,
} from '../../../../../runners/load/k6/modules/bytes.ts';
import { encodingModule } from '../../../../../runners/load/k6/modules/encoding.ts';

const TEXTS = ['', 'a', 'ab', 'abc', 'Zürich', '漢字かな', '🚒🔥', 'a\u0000b', '\u{10ffff}', 'lone \ud800 half'];

test('texts become the bytes that Node makes of them, and come back', () => {
  for (const text of TEXTS) {
    const bytes = utf8Bytes(text);
    assert.deepEqual(Buffer.from(bytes), Buffer.from(text, 'utf8'));
    assert.equal(utf8Text(bytes), Buffer.from(bytes).toString('utf8'));
  }
});

test('bytes that are no UTF-8 become replacement characters, as the standard decoder has them', () => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (const broken of [[0xff], [0xc3], [0xc3, 0x28], [0xf0, 0x9f, 0x92], [0xc0, 0xaf], [0x80, 0x41]]) {
    assert.equal(utf8Text(Uint8Array.from(broken)), decoder.decode(Uint8Array.from(broken)), broken.join(' '));
  }
});

test('base64 has two alphabets, each with and without padding', () => {
  const names: Readonly<Record<Base64, (bytes: Buffer) => string>> = {
    std: (bytes) => bytes.toString('base64'),
    rawstd: (bytes) => bytes.toString('base64').replace(/=+$/, ''),
    rawurl: (bytes) => bytes.toString('base64url'),
    url: (bytes) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  };
  for (let length = 0; length < 70; length += 1) {
    const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 89 + 251) & 255));
    for (const [variant, expected] of Object.entries(names)) {
      const text = base64Text(bytes, variant as Base64);
      assert.equal(text, expected(bytes));
      assert.deepEqual(Buffer.from(base64Bytes(text, variant as Base64)), bytes);
    }
  }
});

test('base64 that is none, or of another variant, is refused', () => {
  for (const [text, variant] of [
    ['a', 'std'],
    ['YQ', 'std'],
    ['YQ==', 'rawstd'],
    ['Y?==', 'std'],
    ['-_-_', 'std'],
  ] as const) {
    assert.throws(() => base64Bytes(text, variant), /illegal base64/);
  }
});

test('hex goes both ways', () => {
  assert.equal(hexText(Uint8Array.of(0, 15, 255)), '000fff');
  assert.deepEqual(hexBytes('000fff'), Uint8Array.of(0, 15, 255));
});

test('data is text, a buffer, a view of one, or numbers; nothing else', () => {
  assert.deepEqual(toBytes('a'), Uint8Array.of(97));
  assert.deepEqual(toBytes(Uint8Array.of(1, 2, 3).buffer), Uint8Array.of(1, 2, 3));
  assert.deepEqual(toBytes(Uint8Array.of(1, 2, 3).subarray(1)), Uint8Array.of(2, 3));
  assert.deepEqual(toBytes([1, 2]), Uint8Array.of(1, 2));
  for (const wrong of [undefined, null, 5, {}, true]) assert.throws(() => toBytes(wrong), TypeError);
});

test('k6/encoding decodes to a buffer, and to text when asked', () => {
  const { b64encode, b64decode } = encodingModule();
  assert.equal(b64encode('héllo'), 'aMOpbGxv');
  assert.equal(b64decode('aMOpbGxv', 'std', 's'), 'héllo');
  const bytes = b64decode('aMOpbGxv');
  assert.ok(bytes instanceof ArrayBuffer);
  assert.equal(bytes.byteLength, 6);
  assert.equal(b64encode(bytes, 'rawurl'), 'aMOpbGxv');
});
