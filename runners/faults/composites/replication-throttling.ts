/** Replication that falls behind: what the primary says to its replicas arrives late, on the connection that is open. */
import type { Composite } from '../../../experiments/language/composite.ts';

export const replicationThrottling: Composite = {
  name: 'replication-throttling',
  summary: 'What the primary (`to`) says to the targets, its replicas, arrives late, on the open connection; they fall behind.',
  parameters: {
    to: { of: ['network-latency', 'to'] },
    delay: { of: ['network-latency', 'delay'], default: '6s' },
    ports: { of: ['network-latency', 'ports'], default: [5432] },
  },
  parts: [
    {
      name: 'late',
      fault: 'network-latency',
      settings: { to: { parameter: 'to' }, delay: { parameter: 'delay' }, ports: { parameter: 'ports' }, direction: 'in' },
    },
  ],
};
