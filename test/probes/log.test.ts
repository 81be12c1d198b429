import assert from 'node:assert/strict';
import { test } from 'node:test';
import { log } from '../../probes/log.ts';
import type { LogLine, LogStretch, ProbeTools } from '../../probes/probe.ts';
import { look, lookOnce, noTools, someTarget } from './looking.ts';

interface Written extends LogLine {
  readonly stream?: 'stdout' | 'stderr';
}

/** A log as the engine gives it: from an instant on, itself included, or its last lines. */
function logOf(lines: () => readonly Written[], asked: LogStretch[] = []): ProbeTools {
  return {
    ...noTools,
    async *log(_id, which) {
      asked.push(which);
      const { since, tail, streams } = which;
      const all = lines().filter(
        ({ at, stream = 'stdout' }) =>
          (since === undefined || Date.parse(at) >= Date.parse(since)) && (streams === 'both' || streams === stream),
      );
      for (const { at, text } of tail === undefined ? all : all.slice(-tail)) yield { at, text };
    },
  };
}

const stamp = (second: number) => `2026-01-31T12:00:${String(second).padStart(2, '0')}.000000000Z`;
const line = (second: number, text: string, stream: 'stdout' | 'stderr' = 'stdout'): Written => ({ at: stamp(second), text, stream });
const value = async (reading: ReturnType<typeof look>) => {
  const seen = await reading;
  return seen.status === 'ok' ? seen.value : seen.error;
};

test('lines that match are counted from the first look on, each once', async () => {
  const lines = [line(1, 'ERROR before the run'), line(2, 'ERROR at the very end')];
  const asked: LogStretch[] = [];
  const tools = logOf(() => lines, asked);
  const open = log.open({ pattern: 'ERROR' });
  const count = () => value(lookOnce(open, { target: someTarget, tools }));
  assert.equal(await count(), 0);
  lines.push(line(3, 'ERROR one, ERROR again'), line(4, 'fine'));
  assert.equal(await count(), 1);
  assert.equal(await count(), 1);
  lines.push(line(4, 'ERROR of the same instant as the last line'), line(5, 'ERROR'));
  assert.equal(await count(), 3);
  assert.deepEqual(asked.at(-1), { since: stamp(4), streams: 'both' });
});

test('an empty log, and the lines that come first, are no special case', async () => {
  const lines: Written[] = [];
  const open = log.open({ pattern: 'ready' });
  const count = () => value(lookOnce(open, { target: someTarget, tools: logOf(() => lines) }));
  assert.equal(await count(), 0);
  lines.push(line(1, 'ready'));
  assert.equal(await count(), 1);
});

test('everything that the log holds can be counted, or what is since an instant, or of one output', async () => {
  const lines = [line(1, 'x'), line(2, 'x', 'stderr'), line(3, 'x')];
  const tools = logOf(() => lines);
  const count = (settings: object) => value(look(log, { pattern: 'x', ...settings }, { target: someTarget, tools }));
  assert.equal(await count({ since: 'ever' }), 3);
  assert.equal(await count({ since: '2026-01-31T12:00:02Z' }), 2);
  assert.equal(await count({ since: 'ever', streams: 'stderr' }), 1);
});

test('the last line that matched is read by its first group, as a number where it is one', async () => {
  const lines: Written[] = [];
  const open = log.open({ pattern: 'lag=(\\S+)', since: 'ever', read: 'last' });
  const last = () => value(lookOnce(open, { target: someTarget, tools: logOf(() => lines) }));
  assert.equal(await last(), null);
  lines.push(line(1, 'lag=4.5'), line(2, 'lag=7'), line(3, 'nothing'));
  assert.equal(await last(), 7);
  assert.equal(await last(), 7);
});

test('the log of a container that was made anew counts from its first line, beside what was counted', async () => {
  let lines = [line(10, 'x')];
  const tools = logOf(() => lines);
  const open = log.open({ pattern: 'x', since: 'ever' });
  assert.equal(await value(lookOnce(open, { target: someTarget, tools })), 1);
  lines = [line(5, 'x'), line(6, 'x')];
  assert.equal(await value(lookOnce(open, { target: { ...someTarget, id: 'another' }, tools })), 3);
});

test('a look that is cut off goes on where it was, and no line counts twice', async () => {
  const lines = [line(1, 'x'), line(2, 'x'), line(3, 'x')];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let looks = 0;
  const tools: ProbeTools = {
    ...noTools,
    async *log(_id, { since }) {
      looks += 1;
      for (const each of lines.filter(({ at }) => since === undefined || at >= since)) {
        if (looks === 1 && each.at === stamp(2)) await held;
        yield each;
      }
    },
  };
  const open = log.open({ pattern: 'x', since: 'ever' });
  const first = await lookOnce(open, { target: someTarget, tools, timeoutMs: 30 });
  assert.equal(first.status, 'unknown');
  const second = lookOnce(open, { target: someTarget, tools });
  release();
  assert.equal(await value(second), 3);
});

test('a container that is gone is a reading, an engine that fails or keeps no log is unknown', async () => {
  const failing = (statusCode: number): ProbeTools => ({
    ...noTools,
    // biome-ignore lint/correctness/useYield: it fails before its first line.
    async *log() {
      throw Object.assign(new Error(`engine says ${statusCode}`), { statusCode });
    },
  });
  const gone = await look(log, { pattern: 'x' }, { target: someTarget, tools: failing(404) });
  assert.deepEqual(gone, { status: 'ok', value: null, detail: 'removed' });
  const broken = await look(log, { pattern: 'x' }, { target: someTarget, tools: failing(501) });
  assert.deepEqual(broken, { status: 'unknown', error: 'engine says 501' });
});

test('a pattern or an instant that is none is refused', () => {
  assert.equal(log.settings.safeParse({ pattern: '(' }).success, false);
  assert.equal(log.settings.safeParse({ pattern: 'x', since: 'yesterday' }).success, false);
  assert.equal(log.settings.safeParse({ pattern: 'x', since: '2026-01-31T12:00:00+02:00' }).success, true);
});
