import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { dns } from '../../probes/dns.ts';
import { look, someTarget } from './looking.ts';

/** Types and codes of RFC 1035, and SRV of RFC 2782. */
const TYPE = { MX: 15, TXT: 16, SRV: 33 } as const;
const NOT_IMPLEMENTED = 4;

interface Answering extends AsyncDisposable {
  readonly port: number;
  readonly asked: () => number;
}

const number16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const label = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const nameOf = (text: string) => Buffer.concat([...text.split('.').map(label), Buffer.from([0])]);

/** A name server on 127.0.0.1 that answers every question with these records, or this code; to undefined not at all. */
async function nameServer(answer: (type: number) => { code?: number; records?: readonly Buffer[] } | undefined): Promise<Answering> {
  const socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (message, from) => {
    asked += 1;
    const end = message.indexOf(0, 12) + 5;
    const type = message.readUInt16BE(end - 4);
    const given = answer(type);
    if (!given) return;
    const records = (given.records ?? []).map((data) =>
      Buffer.concat([number16(0xc00c), number16(type), number16(1), Buffer.alloc(4), number16(data.length), data]),
    );
    const flags = number16(0x8180 | (given.code ?? 0));
    const head = Buffer.concat([message.subarray(0, 2), flags, number16(1), number16(records.length), Buffer.alloc(4)]);
    socket.send(Buffer.concat([head, message.subarray(12, end), ...records]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    asked: () => asked,
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

const addresses = (...texts: readonly string[]) => texts.map((text) => Buffer.from(text.split('.').map(Number)));
const at = (server: Answering) => ({ server: '127.0.0.1', port: server.port, domain: 'shop.test' });

test('the answers are read sorted, from the server that is named or from the target', async () => {
  await using server = await nameServer(() => ({ records: addresses('10.0.0.7', '10.0.0.12') }));
  assert.deepEqual(await look(dns, at(server)), { status: 'ok', value: '10.0.0.12, 10.0.0.7' });
  const ofTarget = await look(dns, { domain: 'shop.test', port: server.port, read: 'count' }, { target: someTarget });
  assert.deepEqual(ofTarget, { status: 'ok', value: 2, detail: '10.0.0.12, 10.0.0.7' });
});

test('each type of record is read as people write it', async () => {
  await using server = await nameServer((type) => {
    if (type === TYPE.MX) return { records: [Buffer.concat([number16(10), nameOf('mail.shop.test')])] };
    if (type === TYPE.TXT) return { records: [Buffer.concat([label('v=spf1 '), label('-all')])] };
    if (type === TYPE.SRV) return { records: [Buffer.concat([number16(1), number16(2), number16(8080), nameOf('a.shop.test')])] };
    return { records: addresses('10.0.0.7') };
  });
  const values = [];
  for (const record of ['MX', 'TXT', 'SRV', 'A']) {
    const reading = await look(dns, { ...at(server), record });
    values.push(reading.status === 'ok' && reading.value);
  }
  assert.deepEqual(values, ['10 mail.shop.test', 'v=spf1 -all', '1 2 8080 a.shop.test', '10.0.0.7']);
});

test('answers that are expected are read, in any order, and others are null', async () => {
  await using server = await nameServer(() => ({ records: addresses('10.0.0.7', '10.0.0.12') }));
  const expecting = (...expect: readonly string[]) => look(dns, { ...at(server), expect, read: 'count' });
  const right = await expecting('10.0.0.7', '10.0.0.12');
  assert.ok(right.status === 'ok' && right.value === 2, JSON.stringify(right));
  assert.deepEqual(await expecting('10.0.0.7'), { status: 'ok', value: null, detail: 'answered 10.0.0.12, 10.0.0.7' });
  const more = await expecting('10.0.0.7', '10.0.0.12', '10.0.0.13');
  assert.ok(more.status === 'ok' && more.value === null, JSON.stringify(more));
});

test('a name that is not there, a record that is not, and a server that fails are readings of null', async () => {
  const details = [];
  for (const code of [0, 2, 3, NOT_IMPLEMENTED, 5]) {
    await using server = await nameServer(() => ({ code }));
    const reading = await look(dns, at(server));
    details.push(reading.status === 'ok' && reading.value === null && reading.detail);
  }
  assert.deepEqual(details, [
    'the name has no such record',
    'the server failed',
    'no such name',
    'the server does not know the question',
    'the server refuses to answer',
  ]);
});

test('silence until the limit, and nobody at the port, are readings of null', async () => {
  await using silent = await nameServer(() => undefined);
  assert.deepEqual(await look(dns, at(silent), { timeoutMs: 60 }), { status: 'ok', value: null, detail: 'timed out' });
  const gone = await nameServer(() => undefined);
  await gone[Symbol.asyncDispose]();
  assert.deepEqual(await look(dns, at(gone)), { status: 'ok', value: null, detail: 'refused' });
});

test('nothing is remembered from one look to the next', async () => {
  await using server = await nameServer(() => ({ records: addresses('10.0.0.7') }));
  await look(dns, at(server));
  await look(dns, at(server));
  assert.equal(server.asked(), 2);
});

test('a server that is a name, a type that there is not, and a mistyped key are refused while the file is checked', () => {
  assert.equal(dns.settings.safeParse({ domain: 'shop.test', server: 'ns.shop.test' }).success, false);
  assert.equal(dns.settings.safeParse({ domain: 'shop.test', record: 'SPF' }).success, false);
  assert.equal(dns.settings.safeParse({ domain: 'shop.test', recrod: 'A' }).success, false);
  assert.equal(dns.settings.safeParse({ domain: 'shop.test', server: '::1' }).success, true);
});
