import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { readProgress } from '../../../runners/docker/engine-progress.ts';

test('each line of text is given on, however the answer is cut into pieces', async () => {
  const bytes = Buffer.from('{"stream":"Step 1 : größer\\n"}\r\n\n{"status":"done"}');
  const said: string[] = [];
  await readProgress(Readable.from([...bytes].map((byte) => Buffer.of(byte))), (text) => said.push(text));
  assert.deepEqual(said, ['Step 1 : größer', 'done']);
});

test('an error is thrown in the words of the engine', async () => {
  const answer = Readable.from(['{"stream":"Step 1"}\n', '{"error":"no space left on device\\n"}\n']);
  await assert.rejects(
    readProgress(answer, () => undefined),
    { message: 'no space left on device' },
  );
});

test('an answer that the engine breaks off has not ended well', { timeout: 20_000 }, async (t) => {
  const answer = await answerOf(t, (response) => response.write('{"status":"Pulling"}\n'));
  await assert.rejects(readProgress(answer, () => answer.socket.destroy()));
});

test('an answer that is given up has not ended well', { timeout: 20_000 }, async (t) => {
  const stop = new AbortController();
  const answer = await answerOf(t, (response) => response.write('{"status":"Pulling"}\n'), stop.signal);
  await assert.rejects(readProgress(answer, () => stop.abort()));
});

/** The answer of a server that says something and never ends it. */
async function answerOf(t: TestContext, say: (response: ServerResponse) => void, signal?: AbortSignal): Promise<IncomingMessage> {
  const server = createServer((_request, response) => say(response)).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const request = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...(signal && { signal }) });
  request.on('error', () => undefined);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}
