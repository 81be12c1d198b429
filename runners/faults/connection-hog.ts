/** A server whose connections are all taken: by a client that leaks them, or by somebody who opens them and says nothing. */
import { z } from 'zod';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

/** Each source address has some 28000 ports to speak from. */
const CONNECTIONS_MAX = 20_000;

const settings = z.strictObject({
  port: z.int().min(1).max(65_535).describe('The TCP port that the targets listen on, as they see it.'),
  connections: z.int().min(1).max(CONNECTIONS_MAX).default(1_000).describe('How many are held open on each target: 1 to 20000.'),
});

export const connectionHog = defineFault({
  name: 'connection-hog',
  summary: 'Holds TCP connections to a port of its targets open and says nothing on them, so that a server with a limit takes no more.',
  provenBy: 'connections that the kernel counts as established, held by us',
  settings,
  looks: { label: 'connections taken', colour: '#b9770e', lane: 'resource' },
  undoneBy: 'agent',
  lasting: true,
  plan: ({ port, connections }, { targets }) => ({
    operations: targets.map((target) => ({ op: 'connection-hog', container: reference(target), port, count: connections })),
    effects: targets.map((target) => `${target.name}: ${connections} connections to its port ${port} are held open, from inside`),
  }),
  judgeProof: (_settings, results) => judgeEvery(results, { heldConnections: 'sum', waitingConnections: 'sum' }),
});
