import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineAt } from '../../../runners/agent/engine.ts';

const LIMIT_MS = 100;

/** An engine that answers as told, on a socket of its own. */
async function engine(answer: RequestListener): Promise<{ socketPath: string; server: Server } & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-engine-'));
  const socketPath = join(folder, 'engine.sock');
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

test('an answer that breaks off in the middle fails the call, and nothing else', async () => {
  await using broken = await engine((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"Id":');
    setImmediate(() => response.destroy());
  });
  await assert.rejects(engineAt(broken.socketPath).inspect('c'), /aborted|reset|premature/i);
});

test('an engine that takes a question and says nothing is not waited for without end', async () => {
  await using silent = await engine(() => {});
  const asked = engineAt(silent.socketPath, LIMIT_MS);
  await assert.rejects(asked.inspect('c'), /the engine did not answer GET \/containers\/c\/json within 100 ms/);
  await assert.rejects(asked.startExec('e'), /opened no stream within 100 ms/);
});

test('a stream that is open has no limit', async () => {
  const streams: Duplex[] = [];
  await using willing = await engine(() => {});
  willing.server.on('upgrade', (_request, socket) => {
    streams.push(socket);
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
  });
  const stream = await engineAt(willing.socketPath, LIMIT_MS).startExec('e');
  await sleep(2 * LIMIT_MS);
  const heard = once(stream, 'data');
  streams[0]?.write('late');
  assert.equal(String((await heard)[0]), 'late');
  for (const each of [stream, ...streams]) each.destroy();
});

test('a Swarm task that has ended counts as gone, and one that runs as what it is', async () => {
  const told = (running: boolean, labels: Record<string, string>) => ({
    Id: 'c',
    Config: { Labels: labels },
    HostConfig: {},
    State: { Status: running ? 'running' : 'exited', Running: running, Paused: false, Pid: running ? 7 : 0, StartedAt: 'then' },
  });
  const seen = async (running: boolean, labels: Record<string, string>) => {
    await using willing = await engine((_request, response) => response.end(JSON.stringify(told(running, labels))));
    return (await engineAt(willing.socketPath).inspect('c'))?.status;
  };
  const task = { 'com.docker.swarm.task.id': '4711' };
  assert.deepEqual([await seen(true, task), await seen(false, task), await seen(false, {})], ['running', undefined, 'exited']);
});
