/** The responder between a client and a resolver, over UDP and TCP, all in this process. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { framed, frames } from '../../../../runners/agent/dns/frames.ts';
import { parseAnswer, parseQuestion, RCODE, renderAnswer, renderQuestion, TYPE } from '../../../../runners/agent/dns/message.ts';
import { courseOf, respondToConnections, respondToDatagrams } from '../../../../runners/agent/dns/responder.ts';

const right = (message: Buffer) => {
  const question = parseQuestion(message);
  return question ? renderAnswer(message, question, RCODE.noError, ['198.51.100.7']) : message;
};

/** A resolver that knows every name, on one port for both protocols as far as this test goes. */
async function resolver(t: TestContext): Promise<{ udp: number; tcp: number }> {
  const udp = createSocket('udp4');
  udp.on('message', (message, from) => udp.send(right(message), from.port, from.address));
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  const tcp = createServer({ noDelay: true }, (socket) => {
    const cutter = frames();
    socket.on('data', (bytes) => {
      for (const message of cutter.take(bytes)) {
        const answer = framed(right(message));
        socket.write(answer.subarray(0, 5));
        socket.write(answer.subarray(5));
      }
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    udp.close();
    tcp.close();
  });
  return { udp: udp.address().port, tcp: (tcp.address() as AddressInfo).port };
}

async function askOnce(port: number, name: string, withinMs = 1_000): Promise<ReturnType<typeof parseAnswer> | 'silence'> {
  const socket = createSocket('udp4');
  try {
    return await new Promise((resolve) => {
      setTimeout(() => resolve('silence'), withinMs).unref();
      socket.on('message', (message) => resolve(parseAnswer(message)));
      socket.send(renderQuestion(9, name, TYPE.A), port, '127.0.0.1');
    });
  } finally {
    socket.close();
  }
}

test('over UDP the names that are meant fail, others are answered as always, and all are when it is over', async (t) => {
  const { udp } = await resolver(t);
  const course = courseOf({ resolvers: [], names: ['db'], answer: 'nxdomain' });
  const { port, close } = await respondToDatagrams({ address: '127.0.0.1', port: udp }, course);
  t.after(close);
  assert.deepEqual(await askOnce(port, 'db'), { id: 9, rcode: 3, addresses: [] });
  assert.deepEqual(await askOnce(port, 'other'), { id: 9, rcode: 0, addresses: ['198.51.100.7'] });
  assert.deepEqual([course.counts.questions, course.counts.hit], [2, 1]);
  course.off();
  assert.deepEqual(await askOnce(port, 'db'), { id: 9, rcode: 0, addresses: ['198.51.100.7'] });
});

test('silence is silence', async (t) => {
  const { udp } = await resolver(t);
  const course = courseOf({ resolvers: [], names: ['db'], answer: 'timeout' });
  const { port, close } = await respondToDatagrams({ address: '127.0.0.1', port: udp }, course);
  t.after(close);
  assert.equal(await askOnce(port, 'db', 200), 'silence');
  assert.equal(course.counts.hit, 1);
});

test('over TCP several questions of one connection are answered, each as it should be, whole', async (t) => {
  const { tcp } = await resolver(t);
  const course = courseOf({ resolvers: [], names: ['db'], answer: ['192.0.2.1'] });
  const { port, close } = await respondToConnections({ address: '127.0.0.1', port: tcp }, course);
  t.after(close);
  const socket = connect(port, '127.0.0.1');
  const cutter = frames();
  const answers: string[] = [];
  for (const [id, name] of ['other', 'db', 'another', 'db'].entries()) socket.write(framed(renderQuestion(id, name, TYPE.A)));
  for await (const bytes of socket) {
    for (const message of cutter.take(bytes)) answers.push(`${message.readUInt16BE(0)} ${parseAnswer(message)?.addresses.join()}`);
    if (answers.length === 4) break;
  }
  assert.deepEqual(answers.sort(), ['0 198.51.100.7', '1 192.0.2.1', '2 198.51.100.7', '3 192.0.2.1']);
});
