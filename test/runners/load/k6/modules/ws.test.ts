import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostFacts, HostSocketEvent, HostSocketOpening } from '../../../../../runners/load/k6/host.ts';
import { CookieJar } from '../../../../../runners/load/k6/modules/http/cookie-jar.ts';
import { wsModule } from '../../../../../runners/load/k6/modules/ws.ts';
import { httpSettings } from '../../../../../runners/load/k6/network/request-options.ts';

interface ScriptSocket {
  on(event: unknown, handler: unknown): void;
  send(data: unknown): void;
  sendBinary(data: unknown): void;
  ping(): void;
  setTimeout(handler: unknown, delayMs: unknown): void;
  setInterval(handler: unknown, delayMs: unknown): void;
  close(code?: unknown): void;
}

/** A peer that says `events`, each at its time; time goes only while the script waits. */
function begin(events: readonly (readonly [atMs: number, event: HostSocketEvent])[], opening: Partial<HostSocketOpening> = {}) {
  const left = [...events];
  const samples: [string, number, unknown][] = [];
  const asked: string[] = [];
  const host = {
    inInit: false,
    facts: { testMs: 0 } as HostFacts,
    http: httpSettings({}),
    sample: (metric: string, value: number, tags?: unknown) => void samples.push([metric, value, tags]),
    log: (level: string, text: string) => void asked.push(`${level} ${text}`),
    sockets: {
      open: async (request: { url: string; headers: readonly (readonly [string, string])[] }) => {
        asked.push(`open ${request.url} ${request.headers.map((each) => each.join('=')).join()}`);
        return { id: 1, status: 101, headers: [], body: '', subprotocol: '', error: '', errorCode: 0, connectingMs: 3, ...opening };
      },
      next: async (_id: number, waitMs: number) => {
        const [first] = left;
        if (host.facts.testMs > 600_000) throw new Error('nothing comes any more');
        const nextMs = first?.[0] ?? Number.POSITIVE_INFINITY;
        const untilMs = Math.min(nextMs, host.facts.testMs + waitMs);
        host.facts = { ...host.facts, testMs: Math.max(host.facts.testMs, untilMs) };
        return nextMs <= untilMs ? left.shift()?.[1] : undefined;
      },
      send: (_id: number, data: string | Uint8Array) => {
        asked.push(`send ${typeof data === 'string' ? data : [...data]}`);
        return true;
      },
      ping: () => void asked.push('ping'),
      close: (_id: number, code: number) => void asked.push(`close ${code}`),
    },
  };
  const jar = new CookieJar();
  const { connect } = wsModule(host, () => jar);
  return { host, connect, samples, asked, jar };
}

const CLOSE: HostSocketEvent = { type: 'close', code: 1000 };

test('handlers hear what comes, one after the other, each waited for', async () => {
  const { connect, samples, host } = begin([
    [10, { type: 'text', text: 'a' }],
    [10, { type: 'binary', bytes: Uint8Array.of(1, 2) }],
    [20, { type: 'ping' }],
    [30, { type: 'pong', pingMs: 7 }],
    [40, { type: 'error', error: 'websocket: close 4000' }],
    [40, { type: 'close', code: 4000 }],
  ]);
  const heard: unknown[] = [];
  const response = await connect('ws://a/x', { tags: { name: 'chat', kind: 'live' } }, (socket: ScriptSocket) => {
    socket.on('open', () => heard.push('open'));
    socket.on('message', async (text: string) => {
      heard.push(`begin ${text}`);
      await new Promise((resolve) => setImmediate(resolve));
      heard.push(`end ${text}`);
    });
    socket.on('message', (text: string) => heard.push(`again ${text}`));
    socket.on('binaryMessage', (bytes: ArrayBuffer) => heard.push([...new Uint8Array(bytes)]));
    for (const event of ['ping', 'pong']) socket.on(event, () => heard.push(event));
    socket.on('error', (error: { error(): string }) => heard.push(error.error()));
    socket.on('close', (code: number) => heard.push(code));
  });
  assert.deepEqual(heard, ['open', 'begin a', 'end a', 'again a', [1, 2], 'ping', 'pong', 'websocket: close 4000', 4000]);
  assert.deepEqual([response.status, response.url, response.error], [101, 'ws://a/x', '']);
  assert.equal(host.facts.testMs, 40);
  assert.deepEqual(
    samples.map(([metric, value]) => [metric, value]),
    [
      ['ws_sessions', 1],
      ['ws_connecting', 3],
      ['ws_msgs_received', 1],
      ['ws_msgs_received', 1],
      ['ws_ping', 7],
      ['ws_session_duration', 40],
    ],
  );
  assert.deepEqual(samples[0]?.[2], { kind: 'live', method: 'GET', name: 'chat', url: 'chat', status: '101' });
});

test('timers go beside messages, and what is missed of an interval is not made up for', async () => {
  const { connect, asked, host } = begin([
    [25, { type: 'text', text: 'slow' }],
    [95, CLOSE],
  ]);
  const ticks: number[] = [];
  await connect('ws://a/', (socket: ScriptSocket) => {
    socket.on('message', () => {
      host.facts = { ...host.facts, testMs: 58 };
    });
    socket.setInterval(() => ticks.push(host.facts.testMs), 10);
    socket.setTimeout(() => socket.send('late'), 15);
    socket.setTimeout(() => socket.ping(), 1000);
  });
  assert.deepEqual(ticks, [10, 20, 58, 60, 70, 80, 90]);
  assert.deepEqual(asked, ['open ws://a/ User-Agent=firedrill', 'send late']);
});

test('a script closes its connection: its handlers are told, and connect returns', async () => {
  const { connect, asked, samples } = begin([]);
  const codes: number[] = [];
  await connect('ws://a/', null, (socket: ScriptSocket) => {
    socket.on('open', () => {
      socket.send({ toString: () => 'hello' });
      socket.sendBinary(Uint8Array.of(5).buffer);
      socket.close();
      socket.close(1000);
    });
    socket.on('close', (code: number) => codes.push(code));
  });
  assert.deepEqual(codes, [1001]);
  assert.deepEqual(asked.slice(1), ['send hello', 'send 5', 'close 1001']);
  assert.equal(samples.filter(([metric]) => metric === 'ws_msgs_sent').length, 2);
});

test('what a handler throws closes the connection and goes on', async () => {
  const { connect, asked } = begin([[5, { type: 'text', text: 'x' }]]);
  const connected = connect('ws://a/', (socket: ScriptSocket) => {
    socket.on('message', () => {
      throw new Error('unreadable');
    });
  });
  await assert.rejects(connected, /unreadable/);
  assert.deepEqual(asked.slice(1), ['close 1001']);
});

test('a connection that does not come is an error to the handlers and in the answer, or is thrown', async () => {
  const failed = { id: 0, status: 403, error: 'websocket: bad handshake: status 403', body: 'nope' };
  const { connect, asked, samples, host } = begin([], failed);
  const heard: string[] = [];
  const setUp = (socket: ScriptSocket) => {
    socket.on('open', () => heard.push('open'));
    socket.on('error', (error: { error(): string }) => heard.push(error.error()));
  };
  const response = await connect('ws://a/', {}, setUp);
  assert.deepEqual([response.status, response.body, response.error, heard], [403, 'nope', failed.error, [failed.error]]);
  assert.deepEqual(samples, []);
  assert.match(asked.at(-1) ?? '', /warn WebSocket ws:\/\/a\/: websocket: bad handshake/);
  host.http = httpSettings({ throw: true });
  await assert.rejects(connect('ws://a/', {}, setUp), /ws:\/\/a\/: websocket: bad handshake/);
});

test('cookies of the jar go along, and those of the answer are kept', async () => {
  const { connect, asked, jar } = begin(
    [
      [1, CLOSE],
      [2, CLOSE],
    ],
    { headers: [['Set-Cookie', 'seat=4']] },
  );
  jar.set('http://a/', 'sid', '1');
  await connect('ws://a/', { headers: { 'X-A': 'b', Cookie: 'mine=2' } }, () => {});
  assert.equal(asked[0], 'open ws://a/ User-Agent=firedrill,X-A=b,Cookie=mine=2; sid=1');
  assert.deepEqual(jar.cookiesForURL('http://a/'), { sid: ['1'], seat: ['4'] });
  const own = new CookieJar();
  own.set('https://a/', 'sid', 'own');
  await connect('wss://a/', { jar: own }, () => {});
  assert.match(asked.at(-1) ?? '', /open wss:\/\/a\/ .*Cookie=sid=own$/);
});

test('what is wrong is said by its name', async () => {
  const { connect, host } = begin([[1, CLOSE]]);
  const within = (act: (socket: ScriptSocket) => void) => connect('ws://a/', act);
  const refused: [Promise<unknown>, RegExp][] = [
    [connect('ws://a/'), /needs a function as its last argument/],
    [connect('ws://a/', {}, 5), /needs a function as its last argument/],
    [connect('http://a/', () => {}), /'http:\/\/a\/' is no address of a WebSocket/],
    [connect('ws://a/', 5, () => {}), /the params of ws.connect\(\) are an object/],
    [connect('ws://a/', { compression: 'gzip' }, () => {}), /compression 'gzip' is not known/],
    [connect('ws://a/', { tags: 5 }, () => {}), /tags must be a map/],
    [within((socket) => socket.on('opened', () => {})), /there is no event 'opened'; there are open, message/],
    [within((socket) => socket.on('open', 5)), /socket.on\(\) needs a function/],
    [within((socket) => socket.setTimeout(() => {}, 0)), /needs a delay above 0 ms, not '0'/],
    [within((socket) => socket.setInterval(() => {}, 'x')), /needs a delay above 0 ms, not 'x'/],
    [within((socket) => socket.sendBinary('text')), /needs an ArrayBuffer/],
    [within((socket) => socket.close(1005)), /1005 is no code/],
    [within((socket) => socket.close('x')), /NaN is no code/],
    [
      within((socket) => {
        for (;;) socket.on('open', () => {});
      }),
      /at most 1000 handlers and timers/,
    ],
  ];
  for (const [attempt, message] of refused) await assert.rejects(attempt, message);
  host.inInit = true;
  await assert.rejects(
    within(() => {}),
    /in the init context/,
  );
});
