import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { Connections } from '../../../../../runners/load/k6/connections.ts';
import type { HostSocketEvent } from '../../../../../runners/load/k6/host.ts';
import type { RequestOptions } from '../../../../../runners/load/k6/network/request-options.ts';
import { EVENTS_WAITING_MAX, SENT_WAITING_MAX } from '../../../../../runners/load/k6/network/script-socket.ts';
import { UserSockets } from '../../../../../runners/load/k6/network/user-sockets.ts';
import { runClock } from '../../../../../runners/load/pacing/clock.ts';
import { listen, onRequests, quietPort } from '../../support.ts';

const cert = readFileSync(new URL('../../fixtures/localhost.crt', import.meta.url));
const key = readFileSync(new URL('../../fixtures/localhost.key', import.meta.url));

/** The sockets of a virtual user. */
function begin(t: TestContext, options: RequestOptions = {}, handshakeMsMax?: number) {
  const connections = new Connections({ clock: runClock(process.hrtime.bigint()) });
  connections.configure(options);
  const told = { answered: [] as boolean[], bytes: [0, 0] };
  const watcher = {
    opened: (answered: boolean) => void told.answered.push(answered),
    transferred: (sent: number, received: number) => {
      told.bytes = [sent, received];
    },
  };
  const sockets = new UserSockets(connections, watcher, handshakeMsMax);
  t.after(() => sockets.cancel());
  const open = (url: string, headers: [string, string][] = [], compress = false) => sockets.open({ url, headers, compress });
  return { sockets, open, told };
}

async function serve(t: TestContext, connected: (socket: WebSocket, headers: Record<string, unknown>) => void, port = 0) {
  const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: { threshold: 0 } });
  server.on('connection', (socket, { headers }) => {
    socket.on('error', () => {});
    connected(socket, headers);
  });
  await once(server, 'listening');
  t.after(() => {
    for (const each of server.clients) each.terminate();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function all(sockets: UserSockets, id: number): Promise<HostSocketEvent[]> {
  const events: HostSocketEvent[] = [];
  for (let event = await sockets.next(id, 5000); event; event = await sockets.next(id, 5000)) {
    events.push(event);
    if (event.type === 'close') break;
  }
  return events;
}

/** Answers an upgrade by hand, then says whatever it likes. */
function upgrade(socket: Socket, then: Uint8Array | string): void {
  onRequests(socket, (head) => {
    const asked = /sec-websocket-key: (\S+)/i.exec(head)?.[1] ?? '';
    const accept = createHash('sha1').update(`${asked}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.write(then);
  });
}

test('texts, bytes and pings go there and back, compressed where that is wanted', async (t) => {
  let extensions = '';
  const { url } = await serve(t, (socket, headers) => {
    extensions = String(headers['sec-websocket-extensions'] ?? '');
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  for (const compress of [false, true]) {
    const { sockets, open, told } = begin(t);
    const opening = await open(`${url}/chat?room=1`, [], compress);
    assert.deepEqual([opening.status, opening.error, told.answered], [101, '', [true]]);
    assert.ok(opening.connectingMs > 0);
    assert.equal(extensions.includes('permessage-deflate'), compress);
    const { id } = opening;
    assert.equal(sockets.send(id, 'grüße'), true);
    assert.deepEqual(await sockets.next(id, 5000), { type: 'text', text: 'grüße' });
    sockets.send(id, Uint8Array.of(0, 255));
    const binary = await sockets.next(id, 5000);
    assert.deepEqual(binary?.type === 'binary' ? [...binary.bytes] : binary, [0, 255]);
    sockets.ping(id);
    const pong = await sockets.next(id, 5000);
    assert.ok(pong?.type === 'pong' && pong.pingMs !== undefined && pong.pingMs > 0);
    assert.equal(await sockets.next(id, 20), undefined);
    sockets.close(id, 1000);
    assert.equal(sockets.send(id, 'too late'), false);
    assert.equal(await sockets.next(id, 1000), undefined);
  }
});

test('headers, Host and subprotocols go as the script says, and the answer’s are told', async (t) => {
  let seen: Record<string, unknown> = {};
  const { url } = await serve(t, (_socket, headers) => {
    seen = headers;
  });
  const { open } = begin(t, { hosts: { 'chat.example.org': '127.0.0.1' } });
  const port = new URL(url).port;
  const opening = await open(`ws://chat.example.org:${port}/`, [
    ['X-Mine', 'a'],
    ['Sec-WebSocket-Protocol', 'graphql-ws, v2'],
  ]);
  assert.deepEqual([opening.subprotocol, opening.status], ['graphql-ws', 101]);
  assert.deepEqual([seen['host'], seen['x-mine']], [`chat.example.org:${port}`, 'a']);
  assert.ok(opening.headers.some(([name, value]) => name.toLowerCase() === 'upgrade' && value === 'websocket'));
});

test('TLS is spoken under the options of the test', async (t) => {
  const secure = https.createServer({ cert, key });
  const server = new WebSocketServer({ server: secure });
  server.on('connection', (socket) => socket.send('safe'));
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  t.after(() => {
    for (const each of server.clients) each.terminate();
    secure.close();
  });
  const url = `wss://localhost:${(secure.address() as AddressInfo).port}/`;
  const checking = await begin(t).open(url);
  assert.deepEqual([checking.status, checking.errorCode], [0, 1310]);
  const { sockets, open } = begin(t, { insecureSkipTLSVerify: true });
  assert.deepEqual(await sockets.next((await open(url)).id, 5000), { type: 'text', text: 'safe' });
});

test('a server that closes is told with its code; an end that nobody means is an error before', async (t) => {
  for (const [code, errors] of [
    [1000, []],
    [1001, []],
    [4000, ['websocket: close 4000: full']],
  ] as const) {
    const { url } = await serve(t, (socket) => {
      socket.send('last words');
      socket.close(code, 'full');
    });
    const { sockets, open } = begin(t);
    assert.deepEqual(await all(sockets, (await open(url)).id), [
      { type: 'text', text: 'last words' },
      ...errors.map((error) => ({ type: 'error', error })),
      { type: 'close', code },
    ]);
  }
});

test('a server that dies ends the connection with 1006', async (t) => {
  const { url } = await serve(t, (socket) => void setTimeout(() => socket.terminate(), 50));
  const { sockets, open, told } = begin(t);
  assert.deepEqual(await all(sockets, (await open(url)).id), [
    { type: 'error', error: 'websocket: close 1006 (abnormal closure)' },
    { type: 'close', code: 1006 },
  ]);
  assert.ok((told.bytes[0] ?? 0) > 100 && (told.bytes[1] ?? 0) > 100);
});

test('nobody there, no answer to the upgrade, a refusal, and garbage are told with why', async (t) => {
  const silent = await listen(t, () => {});
  const closing = await listen(t, (socket) => void socket.on('data', () => socket.end()));
  const garbage = await listen(t, (socket) => void socket.on('data', () => socket.end('what?\r\n\r\n')));
  const wrong = await listen(t, (socket) =>
    onRequests(socket, () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n'),
    ),
  );
  const forbidding = await listen(t, (socket) =>
    onRequests(socket, () => socket.write('HTTP/1.1 403 No\r\nX-Why: me\r\nContent-Length: 4\r\n\r\nnope')),
  );
  const endless = await listen(t, (socket) =>
    onRequests(socket, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = setInterval(() => socket.write('x'.repeat(10_000)), 1);
      socket.once('close', () => clearInterval(more));
    }),
  );
  const dripping = await listen(t, (socket) =>
    onRequests(socket, () => {
      const more = setInterval(() => socket.write('x'), 20);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nX-Long: ');
      socket.once('close', () => clearInterval(more));
    }),
  );
  const { open, told } = begin(t, { blockHostnames: ['blocked.test'] }, 1500);
  const cases: [string, number, number, RegExp][] = [
    [`ws://127.0.0.1:${silent}/`, 0, 1050, /timeout/],
    [`ws://127.0.0.1:${dripping}/`, 0, 1050, /timeout/],
    [`ws://127.0.0.1:${await quietPort()}/`, 0, 1212, /refused/],
    [`ws://127.0.0.1:${closing}/`, 0, 1220, /reset|hang up/],
    [`ws://127.0.0.1:${garbage}/`, 0, 1000, /Parse|Expected/],
    [`ws://127.0.0.1:${wrong}/`, 101, 1000, /Sec-WebSocket-Accept/],
    [`ws://127.0.0.1:${forbidding}/`, 403, 1403, /bad handshake: status 403/],
    [`ws://127.0.0.1:${endless}/`, 200, 1200, /bad handshake: status 200/],
    ['ws://blocked.test/', 0, 1111, /blocked/],
  ];
  for (const [url, status, code, error] of cases) {
    const opening = await open(url);
    assert.equal(opening.id, 0, url);
    assert.deepEqual(
      [opening.status === 101 ? 0 : opening.status, opening.errorCode],
      [status === 101 ? 0 : status, code],
      `${url} ${opening.error}`,
    );
    assert.match(opening.error, error, url);
    if (status === 403) assert.equal(opening.body, 'nope');
    if (status === 200) assert.equal(opening.body.length, 65_536);
  }
  assert.equal(told.answered.length, cases.length);
});

test('frames that are none, and a message that is too long, end the connection with an error', async (t) => {
  const tooLong = Uint8Array.of(0x82, 127, 0, 0, 0, 0, 0x40, 0, 0, 0);
  for (const [then, error] of [
    ['complete garbage', /websocket: /],
    [tooLong, /Max payload size exceeded/],
  ] as const) {
    const port = await listen(t, (socket) => upgrade(socket, then));
    const { sockets, open } = begin(t);
    const events = await all(sockets, (await open(`ws://127.0.0.1:${port}/`)).id);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['error', 'close'],
    );
    assert.match(events[0]?.type === 'error' ? events[0].error : '', error);
  }
});

test('a script that does not ask holds its peer back, and loses nothing', async (t) => {
  const count = 20_000;
  const filling = 'x'.repeat(1000);
  let server: WebSocket | undefined;
  const { url } = await serve(t, (socket) => {
    server = socket;
    for (let index = 0; index < count; index += 1) socket.send(`${index} ${filling}`);
  });
  const { sockets, open } = begin(t);
  const { id } = await open(url);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok((server?.bufferedAmount ?? 0) > count * 100, `${server?.bufferedAmount} bytes wait at the server`);
  let received = 0;
  for (; received < count; received += 1) {
    const event = await sockets.next(id, 10_000);
    assert.equal(event?.type === 'text' ? Number.parseInt(event.text, 10) : event, received);
  }
  assert.ok(EVENTS_WAITING_MAX < count / 10);
});

test('a peer that takes nothing makes sending fail', async (t) => {
  const { url } = await serve(t, (socket) => socket.pause());
  const { sockets, open } = begin(t);
  const { id } = await open(url);
  const chunk = new Uint8Array(8 * 1024 * 1024);
  assert.throws(() => {
    for (let sent = 0; sent < 4 * SENT_WAITING_MAX; sent += chunk.length) sockets.send(id, chunk);
  }, /bytes wait to be sent, the peer takes none/);
});

test('an iteration that is given up ends its connections at once, those too that are being opened', async (t) => {
  const ended: number[] = [];
  const { url } = await serve(t, (socket) => void socket.once('close', (code) => ended.push(code)));
  const silent = await listen(t, (socket) => void socket.resume().once('close', () => ended.push(0)));
  const { sockets, open } = begin(t);
  await open(url);
  void open(`ws://127.0.0.1:${silent}/`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  sockets.cancel();
  while (ended.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(ended.sort(), [0, 1006]);
});
