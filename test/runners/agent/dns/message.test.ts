/** Questions and answers as they go over the wire, and what is made of which. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { framed, frames } from '../../../../runners/agent/dns/frames.ts';
import { parseAnswer, parseQuestion, plainAddress, renderAnswer, renderQuestion, TYPE } from '../../../../runners/agent/dns/message.ts';
import { matchesName, verdictOn } from '../../../../runners/agent/dns/orders.ts';

const asked = (name: string, type: number = TYPE.A) => renderQuestion(4711, name, type);

/** What the verdict on a question says; where it is no answer, the verdict itself. */
function told(name: string, answer: Parameters<typeof verdictOn>[1]['answer'], type: number = TYPE.A) {
  const verdict = verdictOn(asked(name, type), { names: ['db.internal', '*.example.com'], answer });
  return Buffer.isBuffer(verdict) ? parseAnswer(verdict) : verdict;
}

test('a question is read back as it was written, in lower case', () => {
  assert.deepEqual(parseQuestion(asked('DB.Internal')), { name: 'db.internal', type: 1, end: 29 });
  assert.deepEqual(parseQuestion(asked('')), { name: '', type: 1, end: 17 });
});

test('what is no ordinary question is none', () => {
  const answer = asked('db');
  answer.writeUInt16BE(0x8180, 2);
  const update = asked('db');
  update.writeUInt16BE(0x2800, 2);
  const two = asked('db');
  two.writeUInt16BE(2, 4);
  const pointer = asked('db');
  pointer[12] = 0xc0;
  for (const message of [answer, update, two, pointer, asked('db').subarray(0, 15), Buffer.alloc(5), Buffer.alloc(0)])
    assert.equal(parseQuestion(message), undefined);
});

test('names match exactly, below a suffix, or always', () => {
  const names = ['db', '*.example.com'];
  assert.deepEqual(
    ['db', 'a.example.com', 'a.b.example.com', 'example.com', 'xexample.com', 'db.x', ''].map((name) => matchesName(names, name)),
    [true, true, true, false, false, false, false],
  );
  assert.equal(matchesName(['*'], 'anything'), true);
});

test('an error is told for every type, and no address with it', () => {
  assert.deepEqual(told('db.internal', 'nxdomain'), { id: 4711, rcode: 3, addresses: [] });
  assert.deepEqual(told('db.internal', 'servfail', TYPE.AAAA), { id: 4711, rcode: 2, addresses: [] });
  assert.deepEqual(told('a.example.com', 'nxdomain', 15), { id: 4711, rcode: 3, addresses: [] });
  assert.equal(told('db.internal', 'timeout'), 'silence');
});

test('wrong addresses are told by their family, and the other family has none', () => {
  const wrong = ['192.0.2.1', '192.0.2.2', '2001:db8::1'];
  assert.deepEqual(told('db.internal', wrong), { id: 4711, rcode: 0, addresses: ['192.0.2.1', '192.0.2.2'] });
  assert.deepEqual(told('db.internal', wrong, TYPE.AAAA), { id: 4711, rcode: 0, addresses: [plainAddress('2001:db8::1')] });
  assert.deepEqual(told('db.internal', ['192.0.2.1'], TYPE.AAAA), { id: 4711, rcode: 0, addresses: [] });
  assert.deepEqual(told('db.internal', wrong, TYPE.HTTPS), { id: 4711, rcode: 0, addresses: [] });
  assert.equal(told('db.internal', wrong, 15), 'forward');
});

test('other names go on, and so does what cannot be read', () => {
  assert.equal(told('other.internal', 'nxdomain'), 'forward');
  assert.equal(verdictOn(Buffer.from('nonsense'), { names: ['*'], answer: 'nxdomain' }), 'forward');
});

test('an answer repeats the question, says that recursion is there, and is kept by nobody', () => {
  const message = asked('db');
  const question = parseQuestion(message);
  assert.ok(question);
  const answer = renderAnswer(message, question, 0, ['192.0.2.1']);
  assert.equal(answer.readUInt16BE(2), 0x8180);
  assert.deepEqual(answer.subarray(12, question.end), message.subarray(12));
  assert.equal(answer.readUInt32BE(question.end + 6), 0, 'time to live');
});

test('IPv6 addresses have one spelling', () => {
  assert.equal(plainAddress('2001:DB8::1'), '2001:db8:0:0:0:0:0:1');
  assert.equal(plainAddress('::'), '0:0:0:0:0:0:0:0');
  assert.equal(plainAddress('::ffff:192.0.2.1'), '0:0:0:0:0:ffff:c000:201');
  assert.equal(plainAddress('1:2:3:4:5:6:7:8'), '1:2:3:4:5:6:7:8');
});

test('messages over TCP are found wherever the stream is cut', () => {
  const stream = Buffer.concat([framed(asked('a')), framed(asked('b.c')), framed(asked('d'))]);
  for (let step = 1; step <= stream.length; step += 1) {
    const cutter = frames();
    const messages: Buffer[] = [];
    for (let at = 0; at < stream.length; at += step) messages.push(...cutter.take(stream.subarray(at, at + step)));
    assert.deepEqual(
      messages.map((message) => parseQuestion(message)?.name),
      ['a', 'b.c', 'd'],
      `in steps of ${step}`,
    );
  }
});
