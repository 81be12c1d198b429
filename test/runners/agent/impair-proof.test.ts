import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Counted } from '../../../runners/agent/impair-mechanism.ts';
import { countersIn, sinceThen } from '../../../runners/agent/network-counters.ts';
import {
  judgeCorrupt,
  judgeDuplicate,
  judgeLoss,
  judgeReorder,
  type SeenImpaired,
  spreadOf,
} from '../../../runners/agent/operations/impair-proof.ts';
import { counted } from '../../helpers/counted.ts';

function seen(packets: Partial<Counted>, kernel: Partial<SeenImpaired['kernel']> = {}): SeenImpaired {
  return {
    packets: counted(packets),
    kernel: { retransmitted: 0, wrongChecksums: 0, outOfOrder: 0, toldByPeers: 0, ...kernel },
  };
}

const NOTHING_TOLD = { dropped: 0, garbled: 0, doubled: 0, late: 0 };
const LOSS = { kind: 'loss', share: 0.1 } as const;

test('a loss is proven by packets that matched and did not go on, about as many as asked', () => {
  const judged = judgeLoss(LOSS, seen({ taken: 1000, passed: 903 }, { retransmitted: 12 }), false);
  assert.equal(judged.proven, true);
  assert.equal(judged.evidence, '97 of 1000 packets were lost (9.7 %; asked: 10 %); 12 TCP segments were sent again');
  assert.deepEqual(judged.facts, { matchedPackets: 1000, lostPackets: 97 });
});

test('a loss of nothing, of far too much, or of packets that are only held, is none', () => {
  assert.equal(judgeLoss(LOSS, seen({ taken: 1000, passed: 1000 }), true).proven, false);
  // As many as 400 more may have been lost of those that came while it was counted.
  assert.equal(judgeLoss(LOSS, seen({ taken: 1000, passed: 500, takenOff: 400 }), false).proven, false);
  assert.equal(judgeLoss(LOSS, seen({ taken: 1000, passed: 500, takenOff: 400 }), true).proven, true);
  assert.equal(judgeLoss(LOSS, seen({ taken: 100_000, passed: 90_200, takenOff: 200 }), false).proven, true);
  assert.equal(judgeLoss(LOSS, seen({ taken: 1000, passed: 500 }), true).proven, false);
  assert.equal(judgeLoss(LOSS, seen({ taken: 1000, passed: 903, held: 97 }), true).proven, false);
});

test('few packets must wait until the time is over', () => {
  assert.equal(judgeLoss(LOSS, seen({ taken: 20, passed: 18 }), false).proven, false);
  assert.equal(judgeLoss(LOSS, seen({ taken: 20, passed: 18 }), true).proven, true);
  assert.match(judgeLoss(LOSS, seen({}), true).evidence, /nothing was sent on it/);
});

test('a loss of everything leaves nothing', () => {
  assert.equal(judgeLoss({ kind: 'loss', share: 1 }, seen({ taken: 30, passed: 0 }), false).proven, true);
  assert.equal(judgeLoss({ kind: 'loss', share: 1 }, seen({ taken: 30, passed: 20 }), true).proven, false);
});

test('bursts may be further off than packets lost each by themselves', () => {
  assert.equal(spreadOf(0.1, undefined), 1);
  assert.ok(Math.abs(spreadOf(0.5, 2) - 1) < 1e-9, 'runs of two at one half are chance');
  assert.ok(spreadOf(0.1, 50) > 8);
  const off = seen({ taken: 1000, passed: 800 });
  assert.equal(judgeLoss(LOSS, off, true).proven, false);
  assert.equal(judgeLoss({ ...LOSS, burst: 50 }, off, true).proven, true);
});

test('duplicates are proven by more packets that went on than there were', () => {
  const doubled = (passed: number) =>
    judgeDuplicate({ kind: 'duplicate', share: 0.5 }, seen({ taken: 100, passed, told: NOTHING_TOLD }), false);
  const byTcpAlone = (toldByPeers: number) =>
    judgeDuplicate({ kind: 'duplicate', share: 0.5 }, seen({ taken: 100, passed: 100 }, { toldByPeers }), true);
  assert.equal(byTcpAlone(3).proven, true);
  assert.equal(byTcpAlone(0).proven, false);
  assert.equal(doubled(152).proven, true);
  assert.equal(doubled(152).facts['doubledPackets'], 52);
  assert.equal(doubled(100).proven, false);
});

test('what is garbled is proven by the kernel’s signs, or at last by the count, and never by signs alone', () => {
  const effect = { kind: 'corrupt', share: 0.1, checksum: 'keep' } as const;
  const told = { ...NOTHING_TOLD, garbled: 9 };
  assert.equal(judgeCorrupt(effect, seen({ taken: 100, told }, { wrongChecksums: 4 }), false).proven, true);
  assert.equal(judgeCorrupt(effect, seen({ taken: 100, told }), false).proven, false);
  assert.equal(judgeCorrupt(effect, seen({ taken: 100, told }), true).proven, true);
  assert.equal(judgeCorrupt(effect, seen({ taken: 100, told: NOTHING_TOLD }, { wrongChecksums: 4 }), true).proven, false);
  assert.equal(judgeCorrupt(effect, seen({ taken: 100, told: { ...told, garbled: 90 } }, { wrongChecksums: 90 }), true).proven, false);
  assert.equal(judgeCorrupt({ ...effect, checksum: 'fix' }, seen({ taken: 100, told }), false).proven, true);
  assert.equal(judgeCorrupt(effect, seen({ taken: 100 }), true).proven, false, 'netem without a sign');
});

test('packets out of order are proven by how long they were held and by the kernel’s signs, or at last without those', () => {
  const effect = { kind: 'reorder', share: 0.1, byMs: 20, bufferBytesMax: 1 } as const;
  const held = { taken: 100, released: 9, meanHoldMs: 20.1, told: { ...NOTHING_TOLD, late: 9 } };
  assert.equal(judgeReorder(effect, seen(held, { toldByPeers: 2 }), false).proven, true);
  assert.equal(judgeReorder(effect, seen(held), false).proven, false);
  assert.equal(judgeReorder(effect, seen(held), true).proven, true);
  assert.equal(judgeReorder(effect, seen({ ...held, meanHoldMs: 1 }, { toldByPeers: 2 }), true).proven, false);
});

test('the kernel’s counters are read by name, and those it has not are 0', () => {
  const text = (retransmitted: number) => `Tcp: RtoMin RetransSegs InCsumErrors
Tcp: 200 ${retransmitted} 2
Udp: InDatagrams InCsumErrors
Udp: 5 3
TcpExt: TCPOFOQueue TCPDSACKRecv
TcpExt: 7 1
Udp6InCsumErrors                	4
`;
  assert.deepEqual(countersIn(text(10)), { retransmitted: 10, wrongChecksums: 9, outOfOrder: 7, toldByPeers: 1 });
  assert.deepEqual(sinceThen(countersIn(text(10)), countersIn(text(12))), {
    retransmitted: 2,
    wrongChecksums: 0,
    outOfOrder: 0,
    toldByPeers: 0,
  });
});
