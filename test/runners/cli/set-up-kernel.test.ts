import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packetMeans } from '../../../runners/cli/commands/doctor/machine-checks.ts';
import { configHas } from '../../../runners/cli/set-up/kernel.ts';

test('a kernel option is there built in or as a module, and not where it is commented out or only begins alike', () => {
  const config = 'CONFIG_NET_SCH_NETEM=m\nCONFIG_NETFILTER_XT_TARGET_NFQUEUE=y\n# CONFIG_NET_SCH_TBF is not set\nCONFIG_NET_SCH_HTB_X=y\n';
  assert.equal(configHas(config, 'CONFIG_NET_SCH_NETEM'), 'yes');
  assert.equal(configHas(config, 'CONFIG_NETFILTER_XT_TARGET_NFQUEUE'), 'yes');
  assert.equal(configHas(config, 'CONFIG_NET_SCH_TBF'), 'no');
  assert.equal(configHas(config, 'CONFIG_NET_SCH_HTB'), 'no');
});

test('the doctor says which of the two mechanisms the kernel has, and what cannot run without', () => {
  assert.match(packetMeans('yes', 'no').found, /has NFQUEUE, which silences and impairs packets; no netem$/);
  assert.match(packetMeans('yes', 'yes').found, /netem too$/);
  assert.equal(packetMeans('unknown', 'yes').state, 'warn');
  assert.match(packetMeans('no', 'yes').found, /network-blackout cannot run, and network-latency and its like impair by netem/);
  assert.match(packetMeans('no', 'no').found, /no NFQUEUE and no netem/);
});
