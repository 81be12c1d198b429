/** The HTTP fault on real containers: what clients in another container and on the host see of it, and what is left when it is undone. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, before, type TestContext, test } from 'node:test';
import { httpFault } from '../../runners/faults/http-fault.ts';
import { leftClean } from '../helpers/agent-kill.ts';
import { type Actor, hostMs, inside, killOnHost, openStage, rulesOf, type Stage, targetOf, until } from '../helpers/agent-stage.ts';
import { drill, type FaultDrill } from '../helpers/fault-drill.ts';

const SERVER = `
require('node:http').createServer((request, response) => {
  response.end(request.url === '/long' ? 'x'.repeat(100000) : 'fine ' + request.socket.remoteAddress);
}).listen(8000, '0.0.0.0');
require('node:net').createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(8001);
`;
/** Tells one line a request, by a fresh connection or by the one that it keeps: its status, what came of its body, or its error. */
const CLIENT = `
const http = require('node:http');
const kept = new http.Agent({ keepAlive: true, maxSockets: 1 });
const ask = (via, agent) => {
  const began = performance.now();
  const tell = (seen) => process.stdout.write(JSON.stringify({ via, atMs: Number(process.hrtime.bigint()) / 1e6, ms: performance.now() - began, ...seen }) + '\\n');
  const sent = http.get({ host: process.argv[1], port: 8000, path: '/page', agent, timeout: 5000 }, (response) => {
    let length = 0;
    response.on('data', (chunk) => { length += chunk.length; }).on('end', () => tell({ status: response.statusCode, length })).on('error', (error) => tell({ error: error.code }));
  });
  sent.on('error', (error) => tell({ error: error.code }));
};
setInterval(() => ask('fresh', false), 25);
setInterval(() => ask('kept', kept), 25);
`;
/** Rules that somebody else has in the container's nat table. */
const FOREIGN_RULES = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:FIREDRILLISH - [0:0]
-A PREROUTING -p tcp -m tcp --dport 9999 -j REDIRECT --to-ports 9998
-A OUTPUT -j FIREDRILLISH
-A FIREDRILLISH -p tcp -m tcp --dport 9999 -j REDIRECT --to-ports 9998
COMMIT`;

interface Seen {
  readonly via: 'fresh' | 'kept';
  readonly atMs: number;
  readonly ms: number;
  readonly status?: number;
  readonly length?: number;
  readonly error?: string;
}

let stage: Stage;
let server: Actor;
let client: Actor;
let published: number;

before(async () => {
  stage = await openStage('faults-http');
  server = await stage.start('server', {
    Entrypoint: ['node', '-e', SERVER],
    ExposedPorts: { '8000/tcp': {} },
    HostConfig: { CapAdd: ['NET_ADMIN'], PortBindings: { '8000/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
  });
  published = Number((await server.container.inspect()).NetworkSettings.Ports['8000/tcp']?.[0]?.HostPort);
  client = await stage.start('client', { Entrypoint: ['node', '-e', CLIENT, server.address], HostConfig: { CapAdd: ['NET_ADMIN'] } });
  await until(
    'the client is answered',
    () => seen('fresh').some((each) => each.status === 200) && seen('kept').some((each) => each.status === 200),
  );
  for (const { container } of [server, client]) {
    for (const program of ['iptables-nft-restore', 'ip6tables-nft-restore'])
      assert.equal(await inside(stage.docker, container, [program], FOREIGN_RULES), '');
  }
});

after(() => stage?.remove());

function seen(via: Seen['via'], fromMs = 0, toMs = Number.POSITIVE_INFINITY): readonly Seen[] {
  return (client.sights as unknown as readonly Seen[]).filter((each) => each.via === via && each.atMs >= fromMs && each.atMs <= toMs);
}

async function broken(t: TestContext, settings: object, targets: readonly Actor[] = [server]): Promise<FaultDrill> {
  const begun = await drill(stage, httpFault, { port: 8000, ...settings }, targets, { select: () => [targetOf(server)] });
  t.after(() => begun.leave().catch(() => {}));
  return begun;
}

/** One request from the host through the published port. */
function fromHost(path: string): Promise<string> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port: published, path, timeout: 5000, agent: false }, (response) => {
      let length = 0;
      response.on('data', (chunk) => {
        length += chunk.length;
      });
      response
        .on('end', () => resolve(`${response.statusCode} ${length}`))
        .on('error', () => resolve(`${response.statusCode} cut after ${length}`));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error')).end();
  });
}

test('a status is answered on fresh connections and, with a reset, on kept ones too; from the host as well; and what others set is left byte for byte', async (t) => {
  const before = await rulesOf(stage.docker, server.container);
  const fault = await broken(t, { status: 503, body: 'drill', path: '/p*', 'open-connections': 'reset' });
  const proof = await fault.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  t.diagnostic(proof.evidence);
  assert.ok((proof.facts['resetConnections'] ?? 0) > 0);
  const inForceMs = hostMs();
  await until('both ways see it', () => (['fresh', 'kept'] as const).every((via) => seen(via, inForceMs).length > 5));
  for (const via of ['fresh', 'kept'] as const) {
    const statuses = new Set(seen(via, inForceMs, hostMs()).map((each) => each.status ?? each.error));
    assert.deepEqual(statuses, new Set([503]), via);
  }
  assert.equal(await fromHost('/page'), '503 5');
  assert.match(await fromHost('/other'), /^200 /);
  assert.match(
    await inside(stage.docker, server.container, ['node', '-e', "fetch('http://127.0.0.1:8000/page').then(r=>console.log(r.status))"]),
    /200/,
    'loopback is spared',
  );
  t.diagnostic(await fault.mend());
  const mendedMs = hostMs();
  await until('both ways are answered', () => (['fresh', 'kept'] as const).every((via) => seen(via, mendedMs).length > 5));
  for (const via of ['fresh', 'kept'] as const)
    assert.ok(
      seen(via, mendedMs).every((each) => each.status === 200),
      via,
    );
  assert.match(await fromHost('/page'), /^200 /);
  await fault.mend();
  assert.equal(await rulesOf(stage.docker, server.container), before);
});

test('kept connections are left alone unless asked, and a share hits about that share', async (t) => {
  const fault = await broken(t, { abort: true, share: '50%' });
  const proof = await fault.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  assert.match(proof.evidence, /that were open before go past it/);
  const inForceMs = hostMs();
  await until('enough requests', () => seen('fresh', inForceMs).length > 60);
  const fresh = seen('fresh', inForceMs, hostMs());
  const resets = fresh.filter((each) => each.error === 'ECONNRESET').length / fresh.length;
  assert.ok(resets > 0.25 && resets < 0.75, `${resets}`);
  assert.ok(seen('kept', inForceMs).every((each) => each.status === 200));
  const undoAskedMs = hostMs();
  await fault.mend();
  await until('answers', () => seen('fresh', undoAskedMs + 200).length > 10);
  assert.ok(seen('fresh', undoAskedMs + 200).every((each) => each.status === 200));
});

test('a delay is what the client measures', async (t) => {
  const fault = await broken(t, { delay: '400ms' });
  const proof = await fault.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  const inForceMs = hostMs();
  await until('late answers', () => seen('fresh', inForceMs + 500).length > 5);
  const late = seen('fresh', inForceMs + 500, hostMs()).map((each) => each.ms);
  assert.deepEqual(
    seen('fresh', inForceMs + 500).filter((each) => each.status !== 200 || each.ms < 399),
    [],
  );
  t.diagnostic(`least ${Math.min(...late).toFixed(1)} ms`);
  assert.ok(Math.min(...late) >= 399 && Math.min(...late) < 600);
  const undoAskedMs = hostMs();
  t.diagnostic(await fault.mend());
  await until('quick answers', () => seen('fresh', undoAskedMs + 300).some((each) => each.ms < 200));
  assert.ok(
    seen('fresh', undoAskedMs).every((each) => each.status === 200),
    'what was held is answered',
  );
});

test('a body is cut, and other protocols on the port pass untouched and are counted', async (t) => {
  const fault = await broken(t, { 'cut-body': '10%', path: '/long' });
  const asking = setInterval(() => void fromHost('/long'), 50);
  const proof = await fault.breakIt().finally(() => clearInterval(asking));
  assert.equal(proof.proven, true, proof.evidence);
  assert.equal(await fromHost('/long'), '200 cut after 10000');
  await fault.mend();
  assert.equal(await fromHost('/long'), '200 100000');
  const echo = await broken(t, { port: 8001, abort: true });
  const arming = await echo.breakIt(300);
  assert.match(arming.evidence, /no connection came through the proxy/);
  const answer = await inside(stage.docker, client.container, [
    'node',
    '-e',
    `require('net').connect(8001,'${server.address}').end('\\x16\\x03\\x01').on('data',d=>console.log(d.length))`,
  ]);
  assert.equal(answer.trim(), '3');
  await echo.mend();
});

test('requests that a container sends are hit on its own side, and nobody else’s', async (t) => {
  const before = await rulesOf(stage.docker, client.container);
  const fault = await broken(t, { direction: 'out', to: 'server', status: 502, 'open-connections': 'reset' }, [client]);
  const proof = await fault.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  const inForceMs = hostMs();
  await until('it sees it', () => (['fresh', 'kept'] as const).every((via) => seen(via, inForceMs + 100).length > 5));
  for (const via of ['fresh', 'kept'] as const)
    assert.deepEqual(new Set(seen(via, inForceMs + 100, hostMs()).map((each) => each.status)), new Set([502]), via);
  assert.match(await fromHost('/page'), /^200 /);
  await fault.mend();
  const mendedMs = hostMs();
  await until('answers', () => seen('fresh', mendedMs).length > 5);
  assert.ok(seen('fresh', mendedMs).every((each) => each.status === 200));
  assert.equal(await rulesOf(stage.docker, client.container), before);
});

test('when the agent is killed, new connections go their own way at once, and its successor finds nothing left', async (t) => {
  const before = await rulesOf(stage.docker, server.container);
  const fault = await broken(t, { status: 503 });
  assert.equal((await fault.breakIt()).proven, true);
  const killedMs = hostMs();
  assert.equal(leftClean(await fault.killAgent()), true);
  const first = seen('fresh', killedMs).find((each) => each.status === 200);
  const refused = seen('fresh', killedMs).filter((each) => each.error !== undefined && each.atMs < (first?.atMs ?? 0));
  t.diagnostic(
    `first good answer ${((first?.atMs ?? Number.NaN) - killedMs).toFixed(0)} ms after asking for the kill; ${refused.length} refused before`,
  );
  assert.equal(await rulesOf(stage.docker, server.container), before);
});

test('an agent that is lost with its memory is swept', async (t) => {
  const before = await rulesOf(stage.docker, server.container);
  const fault = await broken(t, { status: 503 });
  assert.equal((await fault.breakIt()).proven, true);
  assert.equal(await fault.loseAgent(), true);
  assert.match(await fromHost('/page'), /^200 /);
  assert.equal(await rulesOf(stage.docker, server.container), before);
});

test('when the proxy alone is killed, its rules go with it, and the undo is as always', async (t) => {
  const fault = await broken(t, { status: 503 });
  assert.equal((await fault.breakIt()).proven, true);
  const { Processes, Titles } = await stage.docker.getContainer(fault.agent.containerId).top();
  const proxy = Processes.find((each: readonly string[]) => each.join(' ').endsWith('agent.mjs http-proxy'));
  await killOnHost(stage.docker, Number(proxy?.[Titles.indexOf('PID')]));
  await until('answers', async () => (await fromHost('/page')).startsWith('200'), 5_000);
  assert.match(await fault.mend(), /the program had died, and its rules went with it/);
});

test('it is not proven where nothing matches, and refused where nothing listens', async (t) => {
  const nothing = await broken(t, { status: 503, path: '/nothing' });
  const proof = await nothing.breakIt(500);
  assert.equal(proof.proven, false);
  assert.match(proof.evidence, /none of \d+ requests matched/);
  await nothing.mend();
  assert.match(
    (await (await broken(t, { status: 503, port: 8123 })).armingError()) ?? '',
    /nothing in it listens on TCP port 8123; it listens on .*8000/,
  );
});

test('an undo on a container that is stopped by then, or gone, is no error', async (t) => {
  const extra = await stage.start('extra', { Entrypoint: ['node', '-e', SERVER], HostConfig: { CapAdd: ['NET_ADMIN'] } });
  const asking = setInterval(
    () =>
      void connect(8000, extra.address)
        .on('error', () => {})
        .end('GET / HTTP/1.1\r\nhost: x\r\n\r\n'),
    50,
  );
  t.after(() => clearInterval(asking));
  const fault = await broken(t, { status: 503 }, [extra]);
  assert.equal((await fault.breakIt()).proven, true);
  await extra.container.stop({ t: 0 });
  await fault.mend();
  await extra.container.remove({ force: true });
  await fault.mend();
});
