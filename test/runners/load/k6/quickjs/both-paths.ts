/** Plays a script for one virtual user on either path, with a network that answers as it is told, and writes down all that happens. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { HostAnswer, HostExchange, HostRequest, HostSocketEvent, HostSockets, Tags } from '../../../../../runners/load/k6/host.ts';
import { loadScript } from '../../../../../runners/load/k6/load-script.ts';
import { Log } from '../../../../../runners/load/k6/log.ts';
import { httpSettings } from '../../../../../runners/load/k6/network/request-options.ts';
import type { UserNetwork } from '../../../../../runners/load/k6/network.ts';
import { OpenFiles } from '../../../../../runners/load/k6/open-files.ts';
import type { Script } from '../../../../../runners/load/k6/script.ts';
import { ScriptTest } from '../../../../../runners/load/k6/script-test.ts';
import type { ScriptPath } from '../../../../../runners/load/k6/transform/transform.ts';
import { Vu } from '../../../../../runners/load/k6/vu.ts';
import { runClock } from '../../../../../runners/load/pacing/clock.ts';
import { answerOf, type FakeAnswer } from '../fake-host.ts';
import type { Files } from '../transform/fake-host.ts';

export type Answering = (request: HostRequest) => FakeAnswer | Promise<FakeAnswer>;

/** Beside every script. */
const DATA = ['data.txt', 'what is in the file'] as const;
/** Iterations that each play makes of the default function. */
const ITERATIONS = 2;
/** Metrics whose values are times, and differ from play to play. */
const TIMES = new Set(['group_duration', 'ws_session_duration']);

export const usual: Answering = ({ url }) => ({
  status: url.includes('missing') ? 404 : 200,
  headers: [['Content-Type', 'application/json']],
  body: JSON.stringify({ id: url.length, items: [1, 2, 3], links: [`${url}/a`, `${url}/b`] }),
});

/** A script in a folder of its own, until the test ends; the first file is the script. */
export function scriptFolder(t: TestContext, files: Files | string): { readonly folder: string; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-k6-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const entries = [...(typeof files === 'string' ? [['script.js', files] as const] : Object.entries(files)), DATA];
  for (const [name, text] of entries) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return { folder, path: join(folder, entries[0]?.[0] ?? '') };
}

export interface Player {
  readonly events: string[];
  readonly vu: Vu;
  readonly script: Script;
  readonly test: ScriptTest;
}

/** A virtual user whose init context has run. */
export async function player(t: TestContext, files: Files | string, engine?: ScriptPath, answer: Answering = usual): Promise<Player> {
  const { folder, path } = scriptFolder(t, files);
  const script = await loadScript(path, folder, engine);
  const events: string[] = [];
  const test = new ScriptTest({
    clock: runClock(process.hrtime.bigint()),
    seed: 1,
    log: new Log(({ level, text }) => events.push(`${level}: ${text}`)),
    files: new OpenFiles(path),
    environment: { BASE: 'http://t' },
    taps: [
      {
        metric: (name, type) => events.push(`metric ${name} ${type}`),
        sample: (metric, value, base, own) =>
          events.push(`sample ${metric}${TIMES.has(metric) ? '' : ` ${value}`} ${tagsText({ ...base, ...own })}`),
      },
    ],
  });
  const vu = new Vu({ test, script, id: 1, connections: { user: () => network(events, answer) } });
  Object.defineProperty(vu.host, 'sleep', {
    value: async (ms: number) => {
      events.push(`sleep ${ms}`);
    },
  });
  Object.defineProperty(vu.host, 'randomBytes', { value: (count: number) => new Uint8Array(count).fill(7) });
  await vu.exports;
  return { events, vu, script, test };
}

/** All that a test run calls, in turn: init, setup, iterations, scenarios' functions, teardown, summary. */
export async function eventsOf(t: TestContext, files: Files | string, engine?: ScriptPath, answer?: Answering): Promise<readonly string[]> {
  const { events, vu, script } = await player(t, files, engine, answer);
  const exports = await vu.exports;
  const call = async (name: string, ...given: unknown[]): Promise<unknown> => {
    if (typeof exports[name] !== 'function') return undefined;
    events.push(`call ${name}`);
    vu.begin(0, 0, { keepsCookies: false });
    return await vu.call(name, ...given);
  };
  try {
    const data = await call('setup');
    for (let count = 0; count < ITERATIONS; count += 1) await call('default', data);
    for (const name of Object.keys(exports).sort()) if (!OWN_NAMES.has(name)) await call(name, data);
    await call('teardown', data);
    events.push(`summary ${JSON.stringify(await call('handleSummary', {}))}`);
  } catch (error) {
    const stack = error instanceof Error ? script.originalStack(error.stack ?? '') : String(error);
    events.push(`thrown ${error instanceof Error ? error.message : stack}`);
  }
  return events;
}

const OWN_NAMES = new Set(['setup', 'default', 'teardown', 'handleSummary', 'options']);

function network(events: string[], answer: Answering): UserNetwork {
  const request = async (asked: HostRequest): Promise<HostAnswer> => {
    const { method, url, body, headers, tags, expected } = asked;
    const bodyText = typeof body === 'object' ? Buffer.from(body).toString('hex') : (body ?? '');
    events.push(`> ${method} ${url} ${headers.length} ${tagsText(tags)} ${JSON.stringify(expected)} ${bodyText}`);
    await new Promise((resolve) => setImmediate(resolve));
    const given = answerOf(await answer(asked));
    events.push(`< ${given.status} ${url}`);
    return given;
  };
  return {
    http: httpSettings({}),
    unanswered: false,
    request,
    together: async (exchanges: readonly HostExchange[]) => {
      for (let open = exchanges; open.length > 0; ) {
        const round = open.flatMap((exchange) => {
          const next = exchange.next();
          return next ? [{ exchange, next }] : [];
        });
        const answers: HostAnswer[] = [];
        for (const { next } of round) answers.push(await request(next));
        for (const [index, { exchange }] of round.entries()) exchange.accept(answers[index] ?? answerOf());
        open = round.map(({ exchange }) => exchange);
      }
    },
    sockets: echoingSockets(events),
    requested: (tags, timings, failed) => events.push(`requested ${tagsText(tags)} ${timings.duration} ${failed}`),
    begin: () => {},
    cancel: () => events.push('cancel'),
  };
}

/** Sends back what it is sent, and closes on `bye`. */
function echoingSockets(events: string[]): HostSockets {
  const left: HostSocketEvent[] = [];
  const opening = {
    id: 7,
    status: 101,
    headers: [['X-A', 'b']],
    body: '',
    subprotocol: '',
    error: '',
    errorCode: 0,
    connectingMs: 1,
  } as const;
  return {
    open: async ({ url, headers, compress }) => {
      events.push(`open ${url} ${headers.length} ${compress}`);
      await new Promise((resolve) => setImmediate(resolve));
      return opening;
    },
    next: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return left.shift();
    },
    send: (_id, data) => {
      events.push(`send ${typeof data === 'string' ? data : Buffer.from(data).toString('hex')}`);
      if (typeof data !== 'string') left.push({ type: 'binary', bytes: data });
      else left.push(data === 'bye' ? { type: 'close', code: 1000 } : { type: 'text', text: data });
      return true;
    },
    ping: () => void left.push({ type: 'pong', pingMs: 3 }),
    close: (_id, code) => void events.push(`close ${code}`),
  };
}

function tagsText(tags: Tags): string {
  return JSON.stringify(Object.entries(tags).sort());
}
