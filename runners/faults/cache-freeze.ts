/** A cache that stands still: connections stay open, and commands wait until it goes on. */
import { z } from 'zod';
import { EXIT, FiredrillError } from '../failure.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const settings = z.strictObject({
  mode: z.enum(['all', 'write']).default('all').describe('`all`: every command waits; `write`: reads go on (Redis 6.2 or newer).'),
  port: z.int().min(1).max(65_535).default(6379).describe('Where Redis listens inside the container.'),
  user: z.string().min(1).optional().describe('The ACL user, where it is not the default one.'),
  password: z.string().min(1).optional().describe('Where Redis wants one; best a secret of the environment, so that no report has it.'),
});

export const cacheFreeze = defineFault({
  name: 'cache-freeze',
  summary: 'Makes the commands of a Redis wait, by CLIENT PAUSE; nothing is refused and no connection breaks.',
  provenBy: 'an ordinary client that was answered in arming and is answered no more',
  settings,
  looks: { label: 'cache frozen', colour: '#9a7d0a', lane: 'application' },
  undoneBy: 'agent',
  lasting: true,
  plan({ mode, port, user, password }, { targets }) {
    if (user !== undefined && password === undefined) throw userWithoutPassword(user);
    return {
      operations: targets.map((target) => ({
        op: 'freeze',
        container: reference(target),
        port,
        mode,
        ...(user === undefined ? {} : { user }),
        ...(password === undefined ? {} : { password }),
      })),
      effects: targets.map((target) => `${target.name}: ${mode === 'all' ? 'every command' : 'every write'} to its Redis waits`),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { silentMs: 'least' }),
});

function userWithoutPassword(user: string): FiredrillError {
  return new FiredrillError('user-without-password', `Redis lets '${user}' in by a password, and there is none.`, {
    hint: 'Add `password`, or leave out `user`.',
    exitCode: EXIT.experimentWrong,
  });
}
