import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { liveView } from '../../../reports/terminal/live-view.ts';
import type { Event } from '../../../runners/journal/events.ts';
import { sampleRun } from './sample-run.ts';
import { type FakeScreen, fakeScreen } from './screen.ts';

function plainText(events: readonly Event[], color = false): string {
  let text = '';
  const output = {
    write(more: string) {
      text += more;
    },
    columns: 80,
    isTTY: false,
    color,
  };
  const view = liveView(output, () => 0);
  for (const event of events) view.onEvent(event);
  view.tick();
  view.close();
  return text;
}

/** Feeds the events with a clock that started 1000 ms before the run. */
function play(screen: FakeScreen, events: readonly Event[]) {
  let nowMs = 1000;
  const view = liveView(screen.output, () => nowMs);
  for (const event of events) {
    nowMs = 1000 + event.atMs;
    view.onEvent(event);
  }
  const advance = (ms: number): void => {
    nowMs += ms;
  };
  return { view, advance };
}

test('without a terminal every happening is one line of the golden text', () => {
  const golden = readFileSync(new URL('./golden/plain-lines.txt', import.meta.url), 'utf8');
  assert.equal(plainText(sampleRun()), golden);
});

test('without a terminal and without colour no escape code is written', () => {
  assert.equal(plainText(sampleRun()).includes('\u001b'), false);
  assert.equal(plainText(sampleRun(), true).includes('\u001b[31m'), true);
});

test('a load line comes once in five seconds, not once a frame', () => {
  const lines = plainText(sampleRun())
    .split('\n')
    .filter((line) => / load {2}/.test(line));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^00:06\.0 load {7}150\/s, 16% failed, p95 17ms; sa-viewers 100\/s, 24% failed/);
});

function generatorEvent(atMs: number, more: { readonly lagP99Ms: number; readonly limited: boolean }): Event {
  const facts = { lagP50Ms: 0.1, eventLoopDelayP99Ms: 1, cpuShare: 0.2, rssBytes: 1e8, vus: 12, vusMax: 40, processes: 1 };
  return { atMs, wall: '2026-03-01T10:15:00.000Z', type: 'load.generator', ...facts, ...more };
}

test('the load is told with its virtual users and its lag, loudly where it limits itself', () => {
  const told = (more: { lagP99Ms: number; limited: boolean }) => [generatorEvent(0, more), ...sampleRun()];
  const loadLine = (events: readonly Event[]) =>
    plainText(events)
      .split('\n')
      .find((line) => / load {2}/.test(line)) ?? '';
  assert.match(loadLine(told({ lagP99Ms: 0.3, limited: false })), /; 12 VUs, lag 0\.3ms$/);
  assert.match(loadLine(told({ lagP99Ms: 45, limited: true })), /; 12 VUs, lag 45ms: GENERATOR-LIMITED, this machine is too slow/);
  const screen = fakeScreen(100);
  const events = sampleRun();
  const until = events.findIndex((event) => event.atMs > 6500);
  const { view, advance } = play(screen, [...events.slice(0, until), generatorEvent(6500, { lagP99Ms: 45, limited: true })]);
  advance(1000);
  view.tick();
  assert.ok(
    screen.rows().some((line) => line.includes('12 VUs, lag 45ms: GENERATOR-LIMITED')),
    screen.rows().join('\n'),
  );
});

test('virtual users are not told of where arrivals set the pace, and are where one scenario keeps a number of them', () => {
  const script = (...executors: readonly string[]): Event => ({
    atMs: 0,
    wall: '2026-03-01T10:15:00.000Z',
    type: 'load.script',
    file: 'script.js',
    sha256: '0',
    options: {},
    scenarios: executors.map((executor) => ({ name: executor, executor, text: '' })),
  });
  const told = (...executors: readonly string[]) => {
    const events = [script(...executors), generatorEvent(0, { lagP99Ms: 0.3, limited: false }), ...sampleRun()];
    return / load {2}.*$/m.exec(plainText(events))?.[0] ?? '';
  };
  assert.match(told('constant-arrival-rate', 'ramping-arrival-rate'), /; lag 0\.3ms$/);
  assert.doesNotMatch(told('constant-arrival-rate'), /VU/);
  assert.match(told('constant-arrival-rate', 'constant-vus'), /; 12 VUs, lag 0\.3ms$/);
});

test('on a terminal the block goes away and leaves what stood above and the lines', () => {
  const before = ['$ firedrill run experiments/region-blackout.yaml'];
  const screen = fakeScreen(100, { before });
  const { view, advance } = play(screen, sampleRun());
  advance(1000);
  view.tick();
  assert.ok(screen.rows().some((row) => /method|recovery/.test(row) && row.includes('of 00:12.0')));
  view.close();
  const golden = readFileSync(new URL('./golden/plain-lines.txt', import.meta.url), 'utf8');
  const lasting = golden.split('\n').filter((line) => !/^\S+ load {2}/.test(line));
  const unwrapped = screen.rows().join('');
  assert.equal(unwrapped, [...before, ...lasting].join(''));
});

test('the block stays in its place at any width', () => {
  for (const columns of [1, 12, 27, 40, 79, 200]) {
    const screen = fakeScreen(columns, { before: ['kept'.slice(0, columns)] });
    const { view, advance } = play(screen, sampleRun().slice(0, 20));
    advance(300);
    view.tick();
    const block = screen.rows();
    advance(300);
    view.tick();
    assert.equal(screen.rows().length, block.length, `at ${columns} columns the block moved`);
    view.close();
    assert.equal(screen.rows()[0], 'kept'.slice(0, columns));
  }
});

test('a window that gets narrower wraps the block, and all of its rows are taken away', () => {
  const screen = fakeScreen(120, { before: ['kept'] });
  const { view, advance } = play(screen, sampleRun().slice(0, 20));
  advance(300);
  view.tick();
  const lasting = screen.rows().indexOf('');
  screen.resize(40);
  assert.ok(screen.rows().length > 40);
  view.close();
  screen.resize(120);
  assert.equal(screen.rows()[0], 'kept');
  assert.ok(screen.rows().length <= lasting + 1, screen.rows().join('\n'));
});

test('objectives are judged as they stand', () => {
  const screen = fakeScreen(100);
  const events = sampleRun();
  const intended = events.findIndex((event) => event.type === 'fault.intended');
  const { view, advance } = play(screen, events.slice(0, intended));
  advance(300);
  view.tick();
  assert.ok(
    screen.rows().some((row) => row.startsWith('objectives  ✓ good  failover')),
    screen.rows().join('\n'),
  );
  for (const event of events.slice(intended, intended + 8)) view.onEvent(event);
  advance(300);
  view.tick();
  assert.ok(
    screen.rows().some((row) => row.startsWith('objectives  ✕ not good  failover')),
    screen.rows().join('\n'),
  );
});

test('before the plan there is no block, so that a question can be asked below the lines', () => {
  const screen = fakeScreen(100);
  const { view, advance } = play(screen, sampleRun().slice(0, 1));
  advance(2000);
  view.tick();
  assert.deepEqual(screen.rows(), ['00:00.0 run        20260301-101500: experiments/region-blackout.yaml, variant unprotected']);
});

test('while somebody is asked, nothing is drawn; what happened meanwhile is told afterwards', () => {
  const screen = fakeScreen(100);
  const events = sampleRun();
  const { view, advance } = play(screen, events.slice(0, 12));
  view.pause();
  screen.output.write('Did the pager ring? [go/no] ');
  const asked = screen.rows();
  for (const event of events.slice(12, 16)) view.onEvent(event);
  advance(5000);
  view.tick();
  assert.deepEqual(screen.rows(), asked);
  screen.output.write('go\n');
  view.resume();
  view.close();
  const after = screen.rows();
  const question = after.indexOf('Did the pager ring? [go/no] go');
  assert.equal(question, asked.length - 1);
  assert.ok(after.slice(question).some((row) => row.includes('sa-goes-dark in effect')));
});

test('at most four drawings a second, however many events come', () => {
  const screen = fakeScreen(80);
  let drawings = 0;
  const output = {
    ...screen.output,
    write() {
      drawings += 1;
    },
  };
  let nowMs = 0;
  const view = liveView(output, () => nowMs);
  const [start, planned] = sampleRun();
  assert.ok(start && planned);
  view.onEvent(start);
  view.onEvent({ ...planned, atMs: 0 });
  drawings = 0;
  for (nowMs = 1; nowMs <= 1000; nowMs += 1) {
    view.onEvent({ type: 'note', level: 'info', text: `note ${nowMs}`, atMs: nowMs, wall: start.wall });
    view.tick();
  }
  assert.equal(drawings, 4);
});

test('faults show since when they are in force, what is left, and when they are not undone', () => {
  const screen = fakeScreen(110);
  const events = sampleRun();
  const inEffect = events.findIndex((event) => event.type === 'fault.in-effect');
  const { view, advance } = play(screen, events.slice(0, inEffect + 1));
  advance(973);
  view.tick();
  assert.ok(
    screen.rows().some((row) => row.includes('sa-goes-dark  in effect for 1s, 3s left')),
    screen.rows().join('\n'),
  );
  assert.ok(
    screen.rows().some((row) => /cache-loss\s+in 987ms/.test(row)),
    screen.rows().join('\n'),
  );
  for (const event of events.slice(inEffect + 1)) view.onEvent(event);
  advance(9000);
  view.tick();
  assert.ok(screen.rows().some((row) => /cache-loss\s+NOT UNDONE/.test(row)));
  assert.ok(screen.rows().some((row) => /sa-goes-dark\s+undone at 00:07.0/.test(row)));
});

test('text from outside cannot move the cursor or change colours', () => {
  const [start] = sampleRun();
  assert.ok(start);
  const evil: Event = { type: 'note', level: 'info', text: 'a\u001b[2J\u001b]0;title\u0007\r\nb\u202ec', atMs: 1, wall: start.wall };
  const text = plainText([start, evil]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/);
  assert.equal(text.split('\n').length, 3);
});
