/** A region that drops off the network: silent to all others, while its parts still reach each other. */
import type { Composite } from '../../../experiments/language/composite.ts';

export const regionBlackout: Composite = {
  name: 'region-blackout',
  summary: 'A region drops off the network, silently; inside, its parts still reach each other.',
  parameters: {
    direction: { of: ['network-blackout', 'direction'] },
    spare: { of: ['network-blackout', 'spare'] },
  },
  parts: [
    {
      name: 'dark',
      fault: 'network-blackout',
      settings: { direction: { parameter: 'direction' }, spare: { parameter: 'spare' }, 'spare-inside': true },
    },
  ],
};
