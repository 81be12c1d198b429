import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LINE_CHARACTERS_MAX, LogLines } from '../../../runners/docker/log-lines.ts';
import { type LogDialler, readLog, unixSeconds } from '../../../runners/docker/read-log.ts';

const AT = '2026-01-31T12:00:01.000000000Z';
const LATER = '2026-01-31T12:00:02.500000000Z';

function frame(output: number, text: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(output, 0);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const list: Value[] = [];
  for await (const value of values) list.push(value);
  return list;
}

/** What comes out when the bytes arrive in pieces of this size. */
function inPieces(bytes: Buffer, size: number) {
  const lines = new LogLines();
  const all = [];
  for (let from = 0; from < bytes.length; from += size) all.push(...lines.push(bytes.subarray(from, from + size)));
  return [...all, ...lines.end()];
}

test('frames become lines, however the bytes are cut, and letters are never torn', () => {
  const bytes = Buffer.concat([frame(1, `${AT} größer ✓\n`), frame(2, `${AT} error\n`), frame(1, `${LATER} \n`), frame(1, `${LATER} end`)]);
  const expected = [
    { at: AT, text: 'größer ✓' },
    { at: AT, text: 'error' },
    { at: LATER, text: '' },
    { at: LATER, text: 'end' },
  ];
  for (const size of [1, 2, 3, 7, 8, 9, 64, bytes.length]) assert.deepEqual(inPieces(bytes, size), expected, `in pieces of ${size}`);
});

test('a line that the engine gives in several frames is one line', () => {
  const bytes = Buffer.concat([frame(1, `${AT} first half,`), frame(2, `${AT} between\n`), frame(1, ' second half\n')]);
  assert.deepEqual(inPieces(bytes, 5), [
    { at: AT, text: 'between' },
    { at: AT, text: 'first half, second half' },
  ]);
});

test('a log with a terminal has no frames, and its lines end as terminals end them', () => {
  const bytes = Buffer.from(`${AT} one\r\n${LATER} two\r\n`);
  assert.deepEqual(inPieces(bytes, 11), [
    { at: AT, text: 'one' },
    { at: LATER, text: 'two' },
  ]);
});

test('of a line without end only so much is held', () => {
  const lines = new LogLines();
  lines.push(Buffer.from(`${AT} `));
  for (let piece = 0; piece < 100; piece += 1) lines.push(Buffer.alloc(LINE_CHARACTERS_MAX / 4, 'x'));
  const [line] = lines.push(Buffer.from('\n'));
  assert.equal(line?.text.length, LINE_CHARACTERS_MAX - AT.length - 1);
});

test('what has no stamp is no line', () => {
  assert.deepEqual(inPieces(Buffer.from('no stamp at all\n'), 100), []);
  assert.deepEqual(inPieces(Buffer.alloc(0), 1), []);
});

test('the engine is asked for the stretch by seconds and nanoseconds, and its error is thrown as it is', async () => {
  const asked: unknown[] = [];
  const engine: LogDialler = {
    modem: {
      dial({ path, options }, callback) {
        asked.push(path, options);
        async function* answer() {
          yield frame(1, `${AT} one\n`);
        }
        callback(null, answer());
      },
    },
  };
  const signal = new AbortController().signal;
  const lines = await all(readLog(engine, 'c0ffee', { since: LATER, tail: 1, streams: 'stderr' }, signal));
  assert.deepEqual(lines, [{ at: AT, text: 'one' }]);
  const options = { stdout: false, stderr: true, timestamps: true, since: '1769860802.500000000', tail: 1 };
  assert.deepEqual(asked, ['/containers/c0ffee/logs?', options]);
  const gone: LogDialler = { modem: { dial: (_, callback) => callback(Object.assign(new Error('gone'), { statusCode: 404 }), null) } };
  await assert.rejects(all(readLog(gone, 'c0ffee', { streams: 'both' }, signal)), { statusCode: 404 });
  await assert.rejects(all(readLog(engine, 'c0ffee', { streams: 'both' }, AbortSignal.abort())), { name: 'AbortError' });
});

test('an instant is seconds and nanoseconds, whatever its zone', () => {
  assert.equal(unixSeconds('2026-01-31T12:00:01.000000001Z'), '1769860801.000000001');
  assert.equal(unixSeconds('2026-01-31T14:00:01+02:00'), '1769860801.000000000');
});
