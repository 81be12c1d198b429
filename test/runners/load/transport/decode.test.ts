import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { DECODED_BYTES_MAX, decodeBody } from '../../../../runners/load/transport/decode.ts';

const text = Buffer.from('what was meant, '.repeat(100));

function decode(encoding: string, body: Buffer, bodyBytes = body.length) {
  return decodeBody({ headers: ['Content-Type', 'text/plain', 'Content-Encoding', encoding], body, bodyBytes });
}

test('each encoding is undone, several in reverse order', () => {
  const bodies: [string, Buffer][] = [
    ['gzip', zlib.gzipSync(text)],
    ['x-gzip', zlib.gzipSync(text)],
    ['deflate', zlib.deflateSync(text)],
    ['deflate', zlib.deflateRawSync(text)],
    ['br', zlib.brotliCompressSync(text)],
    ['ZSTD', zlib.zstdCompressSync(text)],
    ['identity', text],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(text))],
  ];
  for (const [encoding, body] of bodies) assert.deepEqual(decode(encoding, body).body, text, encoding);
  assert.deepEqual(decodeBody({ headers: [], body: text, bodyBytes: text.length }).body, text);
  assert.deepEqual(decodeBody({ headers: ['content-encoding', 'gzip'], body: Buffer.alloc(0), bodyBytes: 0 }).body, Buffer.alloc(0));
});

test('a body cut short, garbled, or of an unknown encoding is told, not guessed at', () => {
  const cases: [string, Buffer, string, number?][] = [
    ['gzip', zlib.gzipSync(text).subarray(0, 20), 'Z_BUF_ERROR'],
    ['gzip', text, 'Z_DATA_ERROR'],
    ['br', text, 'ERR__ERROR_FORMAT_PADDING_1'],
    ['sdch', text, 'FIREDRILL_ENCODING_UNKNOWN'],
    ['__proto__', text, 'FIREDRILL_ENCODING_UNKNOWN'],
    ['gzip,'.repeat(5), text, 'FIREDRILL_ENCODING_UNKNOWN'],
    ['gzip', zlib.gzipSync(text), 'FIREDRILL_BODY_TOO_LARGE', 1e9],
  ];
  for (const [encoding, body, code, bodyBytes] of cases) {
    const { failure } = decode(encoding, body, bodyBytes);
    if (encoding === 'br') assert.match(failure?.code ?? '', /^ERR_/);
    else assert.equal(failure?.code, code, encoding);
  }
});

/** What decodes to 10 GB: gzip members of a gigabyte of nothing each, one after the other. */
function bomb(): Buffer {
  const member = zlib.gzipSync(Buffer.alloc(64 * 1024 * 1024));
  return Buffer.concat(Array<Buffer>(160).fill(member));
}

test('a body of 10 GB in a few megabytes ends at the bound, in little memory', () => {
  const body = bomb();
  const before = process.memoryUsage().arrayBuffers;
  const { failure } = decode('gzip', body);
  assert.equal(failure?.code, 'FIREDRILL_BODY_TOO_LARGE');
  assert.match(failure?.message ?? '', new RegExp(String(DECODED_BYTES_MAX)));
  assert.ok(process.memoryUsage().arrayBuffers - before < 4 * DECODED_BYTES_MAX);
  const nothing = Buffer.alloc(2 * DECODED_BYTES_MAX);
  const others: [string, Buffer][] = [
    ['deflate', zlib.deflateSync(nothing)],
    ['br', zlib.brotliCompressSync(nothing)],
    ['zstd', zlib.zstdCompressSync(nothing)],
  ];
  for (const [encoding, small] of others) assert.equal(decode(encoding, small).failure?.code, 'FIREDRILL_BODY_TOO_LARGE', encoding);
  const layered = decode('gzip, zstd', zlib.zstdCompressSync(body));
  assert.equal(layered.failure?.code, 'FIREDRILL_BODY_TOO_LARGE');
});
