/** A cache that loses its keys again and again while it is being filled: three waves. */
import type { Composite } from '../../../experiments/language/composite.ts';

const evict = { share: { parameter: 'share' }, pattern: { parameter: 'pattern' }, port: { parameter: 'port' } };

export const cacheEvictionStorm: Composite = {
  name: 'cache-eviction-storm',
  summary: 'A cache loses most of its keys in three waves, 5 s apart, while it is being filled again.',
  parameters: {
    share: { of: ['cache-evict', 'share'], default: '80%' },
    pattern: { of: ['cache-evict', 'pattern'] },
    port: { of: ['cache-evict', 'port'] },
  },
  parts: [
    { name: 'first', fault: 'cache-evict', settings: evict },
    { name: 'second', fault: 'cache-evict', after: '5s', settings: evict },
    { name: 'third', fault: 'cache-evict', after: '10s', settings: evict },
  ],
};
