/** A cable pulled: the interface itself is gone, so that programs see no network at all instead of a silent one. */
import { z } from 'zod';
import { refuseSharedNetwork } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const settings = z.strictObject({
  network: z
    .string()
    .min(1)
    .optional()
    .describe('The network, by its name or by the name that Compose’s file gives it; without it, every network of the targets.'),
});

export const networkDisconnect = defineFault({
  name: 'network-disconnect',
  summary: 'Takes its targets off a network, or off all; undone by putting them back with the same aliases and addresses.',
  provenBy: 'the kernel: the interfaces are gone from the target’s network namespace',
  settings,
  looks: { label: 'disconnected', colour: '#78281f', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan({ network }, { targets }) {
    for (const target of targets) refuseSharedNetwork(target, targets);
    return {
      operations: targets.map((target) => ({
        op: 'disconnect',
        container: reference(target),
        ...(network === undefined ? {} : { network }),
      })),
      effects: targets.map(
        (target) =>
          `${target.name}: off ${network === undefined ? 'every network' : `the network ${network}`}; before Docker 28 its interface comes back under the next number (eth1 for eth0)`,
      ),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { disconnectedNetworks: 'sum' }),
});
