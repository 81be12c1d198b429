import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configHas } from '../../../runners/cli/set-up/kernel.ts';

test('a kernel option is there built in or as a module, and not where it is commented out or only begins alike', () => {
  const config = 'CONFIG_NET_SCH_NETEM=m\nCONFIG_NETFILTER_XT_TARGET_NFQUEUE=y\n# CONFIG_NET_SCH_TBF is not set\nCONFIG_NET_SCH_HTB_X=y\n';
  assert.equal(configHas(config, 'CONFIG_NET_SCH_NETEM'), 'yes');
  assert.equal(configHas(config, 'CONFIG_NETFILTER_XT_TARGET_NFQUEUE'), 'yes');
  assert.equal(configHas(config, 'CONFIG_NET_SCH_TBF'), 'no');
  assert.equal(configHas(config, 'CONFIG_NET_SCH_HTB'), 'no');
});
