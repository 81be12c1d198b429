/** A zone that is not down but ill: late, lossy and short of processor time, as before most outages. */
import type { Composite } from '../../../experiments/language/composite.ts';

export const zoneDegraded: Composite = {
  name: 'zone-degraded',
  summary: 'A zone is ill, not down: its packets are late, some are lost, and its processors are slow.',
  parameters: {
    delay: { of: ['network-latency', 'delay'], default: '100ms' },
    loss: { of: ['network-loss', 'share'], default: '2%' },
    cpus: { of: ['cpu-throttle', 'cpus'], default: 0.5 },
  },
  parts: [
    { name: 'late', fault: 'network-latency', settings: { delay: { parameter: 'delay' } } },
    { name: 'lossy', fault: 'network-loss', settings: { share: { parameter: 'loss' } } },
    { name: 'slow', fault: 'cpu-throttle', settings: { cpus: { parameter: 'cpus' } } },
  ],
};
