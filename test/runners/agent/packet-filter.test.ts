/** Which packet filter a host has, by programs that stand in for those of iptables. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findPacketFilter } from '../../../runners/agent/packet-filter.ts';

const TAKES = 'cat > /dev/null';
const REFUSES = 'cat > /dev/null; echo "Table does not exist (do you need to insmod?)" >&2; exit 3';

/** Puts programs before the machine's own; by default each refuses. */
function host(t: TestContext, taking: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-filter-'));
  const path = process.env['PATH'] ?? '';
  t.after(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });
  for (const program of ['iptables-nft-restore', 'ip6tables-nft-restore', 'iptables-legacy-restore', 'ip6tables-legacy-restore']) {
    writeFileSync(join(folder, program), `#!/bin/sh\n${taking.includes(program) ? TAKES : REFUSES}\n`);
    chmodSync(join(folder, program), 0o755);
  }
  process.env['PATH'] = `${folder}${delimiter}${path}`;
}

const limit = () => AbortSignal.timeout(20_000);

test('a kernel that takes our rules by neither variant is refused, with what each said', async (t) => {
  host(t, []);
  await assert.rejects(
    findPacketFilter(limit()),
    /takes none of our packet rules \(nft: Table does not exist.*; legacy: Table does not exist/,
  );
});

test('where nft is missing the legacy variant serves, and without IPv6 only the other family', async (t) => {
  host(t, ['iptables-legacy-restore']);
  const { variant, families } = await findPacketFilter(limit());
  assert.deepEqual([variant, families], ['legacy', [4]]);
});

test('nft comes first where both work, for both families', async (t) => {
  host(t, ['iptables-nft-restore', 'ip6tables-nft-restore', 'iptables-legacy-restore']);
  const { variant, families } = await findPacketFilter(limit());
  assert.deepEqual([variant, families], ['nft', [4, 6]]);
});
