import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { play, serve } from './play.ts';

/** Sends back what it is told; `bye` closes. */
async function echo(t: TestContext) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  let sessions = 0;
  server.on('connection', (socket) => {
    sessions += 1;
    socket.on('message', (data, binary) => (String(data) === 'bye' ? socket.close(1000) : socket.send(data, { binary })));
  });
  await once(server, 'listening');
  t.after(() => {
    for (const each of server.clients) each.terminate();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, sessions: () => sessions };
}

for (const engine of ['transform', 'quickjs']) {
  test(`a script talks over WebSockets by ${engine}: its handlers may wait, its metrics and thresholds count`, async (t) => {
    const [server, { url, sessions }] = [await serve(t), await echo(t)];
    const { exitCode, stderr, summary } = await play(
      t,
      `import ws from 'k6/ws';
     import http from 'k6/http';
     import { check, sleep } from 'k6';
     export const options = {
       vus: 3, iterations: 6,
       thresholds: { ws_msgs_received: ['count==18'], 'ws_sessions{room:one}': ['count==6'], ws_session_duration: ['max<10000'], checks: ['rate==1'] },
     };
     function look(text) { return http.get('${server.url}/' + text).status === 200; }
     export default function () {
       const heard = [];
       const response = ws.connect('${url}', { tags: { room: 'one' } }, (socket) => {
         socket.on('open', () => {
           heard.push('open');
           socket.ping();
           socket.send('first');
           socket.setTimeout(() => { sleep(0.01); socket.send('second'); }, 30);
         });
         socket.on('message', function (text) {
           check(text, { 'is asked for': (each) => look(each) });
           heard.push(text);
           if (text === 'second') socket.sendBinary(new Uint8Array([1, 2, 3]).buffer);
         });
         socket.on('binaryMessage', (bytes) => { heard.push(bytes.byteLength); socket.send('bye'); });
         socket.on('close', (code) => { heard.push(code); look('closed'); });
       });
       check(response, {
         'was upgraded': (r) => r.status === 101,
         'all in order': () => heard.join() === 'open,first,second,3,1000',
       });
     }`,
      { flags: ['--engine', engine] },
    );
    assert.equal(exitCode, 0, stderr);
    assert.equal(sessions(), 6);
    assert.deepEqual([server.count('/first'), server.count('/second'), server.count('/closed')], [6, 6, 6]);
    assert.equal(summary.metrics['ws_msgs_sent']?.['count'], 24);
    assert.ok((summary.metrics['ws_ping']?.['max'] ?? 0) > 0);
    assert.ok((summary.metrics['ws_connecting']?.['min'] ?? 0) > 0);
  });
}

test('an iteration that is cut short ends its connection, and a dead server makes no busy loop', async (t) => {
  const { url, sessions } = await echo(t);
  const cut = await play(
    t,
    `import ws from 'k6/ws';
     export const options = { scenarios: { a: { executor: 'constant-vus', vus: 2, duration: '500ms', gracefulStop: '100ms' } } };
     export default function () { ws.connect('${url}', (socket) => { socket.on('close', () => console.log('told')); }); }`,
  );
  assert.equal(cut.exitCode, 0, cut.stderr);
  assert.equal(sessions(), 2);
  assert.doesNotMatch(cut.stderr, /told/);
  const dead = await play(
    t,
    `import ws from 'k6/ws';
     export const options = { vus: 1, duration: '1s' };
     export default function () { ws.connect('ws://127.0.0.1:9/', () => {}); }`,
  );
  assert.equal(dead.exitCode, 0, dead.stderr);
  assert.ok((dead.summary.metrics['iterations']?.['count'] ?? 0) <= 12);
  assert.match(dead.stderr, /WebSocket ws:\/\/127\.0\.0\.1:9\/: dial: connection refused/);
});
