/** A container that is gone: killed and removed, as by a node that is lost or a hand that slipped. */
import { z } from 'zod';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';
import { refuseSwarmTasks } from './swarm-tasks.ts';

export const containerRemove = defineFault({
  name: 'container-remove',
  summary:
    'Removes its targets, their volumes excepted; undone by making them anew from their own inspection. What they wrote outside volumes is lost.',
  provenBy: 'the engine knows the container no more, and its process has ended',
  settings: z.strictObject({}),
  looks: { label: 'removed', colour: '#512e5f', lane: 'container' },
  undoneBy: 'agent',
  lasting: true,
  plan(_settings, { targets, irreversible }) {
    refuseSwarmTasks(targets, 'made anew');
    const loseLayer = irreversible === true;
    return {
      operations: targets.map((target) => ({ op: 'remove', container: reference(target), loseLayer })),
      effects: targets.map(
        (target) => `${target.name}: removed, and made anew${loseLayer ? '; what it wrote outside volumes is lost' : ''}`,
      ),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { removed: 'sum' }),
});
