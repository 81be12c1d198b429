/** A split: two selections of containers that hear each other no more, or only one of them the other. */
import { z } from 'zod';
import { EXIT, FiredrillError } from '../failure.ts';
import { channelOf, channelSettings } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault, type Target } from './fault.ts';
import { reference } from './reference.ts';

const { ports, protocol, interface: device } = channelSettings;

const settings = z.strictObject({
  to: z.string().describe('The target on the other side of the split.'),
  'one-way': z
    .boolean()
    .default(false)
    .describe('Only what the targets send to the other side vanishes; what they are sent from there arrives.'),
  ports,
  protocol,
  interface: device,
});

export const networkPartition = defineFault({
  name: 'network-partition',
  summary:
    'Cuts two selections of containers off from each other, in both directions or one: packets vanish without a word, on open connections too.',
  provenBy: 'packets between the two sides that were swallowed',
  settings,
  looks: { label: 'cut off', colour: '#922b21', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, context) {
    const oneWay = asked['one-way'];
    const direction = oneWay ? 'out' : 'both';
    const { channel, others } = channelOf({ ...asked, direction, addresses: [] }, context);
    refuseOverlap(context.targets, others, asked.to);
    const { where } = channelOf({ ...asked, to: undefined, direction, addresses: [] }, context);
    const arrow = oneWay ? '→' : '↔';
    return {
      operations: context.targets.map((target) => ({ op: 'blackout', container: reference(target), channel })),
      effects: context.targets.map((target) => `${target.name} ${arrow} ${asked.to}${where}: nothing arrives`),
      alsoTouched: others,
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { matchedPackets: 'sum' }),
});

/** A container on both sides would be cut off from itself, and from its neighbours on either side. */
function refuseOverlap(targets: readonly Target[], others: readonly Target[], to: string): void {
  const both = targets.filter((target) => others.some((other) => other.id === target.id));
  if (both.length === 0) return;
  throw new FiredrillError('sides-overlap', `On both sides of the split to '${to}': ${both.map((each) => each.name).join(', ')}.`, {
    hint: 'Write targets that have no container in common.',
    exitCode: EXIT.experimentWrong,
  });
}
