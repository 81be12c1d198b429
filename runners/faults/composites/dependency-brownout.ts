/** A dependency that browns out: everything it answers is slow, and some of it is an error. */
import type { Composite } from '../../../experiments/language/composite.ts';

export const dependencyBrownout: Composite = {
  name: 'dependency-brownout',
  summary: 'A dependency answers slowly, and a share of its HTTP answers are errors.',
  parameters: {
    port: { of: ['http-fault', 'port'] },
    delay: { of: ['network-latency', 'delay'], default: '300ms' },
    share: { of: ['http-fault', 'share'], default: '20%' },
    status: { of: ['http-fault', 'status'], default: 503 },
  },
  parts: [
    { name: 'slow', fault: 'network-latency', settings: { delay: { parameter: 'delay' } } },
    {
      name: 'errors',
      fault: 'http-fault',
      settings: { port: { parameter: 'port' }, share: { parameter: 'share' }, status: { parameter: 'status' } },
    },
  ],
};
