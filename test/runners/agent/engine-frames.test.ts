import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { readFrames, splitFrames } from '../../../runners/agent/engine-frames.ts';

function frame(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test('whole frames of both streams are read as text, and what is not whole is left', () => {
  const bytes = Buffer.concat([frame(1, 'one\n'), frame(2, 'zwölf\n'), frame(1, 'cut').subarray(0, 9)]);
  const { text, rest } = splitFrames(bytes);
  assert.equal(text, 'one\nzwölf\n');
  assert.equal(rest.length, 9);
});

test('frames are read however the stream is cut', async () => {
  const bytes = Buffer.concat([frame(1, 'begins\n'), frame(1, 'ends\n')]);
  const stream = new PassThrough();
  let text = '';
  readFrames(stream, (piece) => {
    text += piece;
  });
  for (const byte of bytes) stream.write(Buffer.from([byte]));
  stream.end();
  await new Promise((resolve) => stream.on('end', resolve));
  assert.equal(text, 'begins\nends\n');
});
