/** Names that are not found: a container's DNS says no, says nothing, or says something wrong, for some names and not for others. */
import { z } from 'zod';
import { EXIT, FiredrillError } from '../failure.ts';
import { refuseSharedNetwork } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const NAME = /^(?:\*|(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*)\.?$/i;
const NAME_CHARACTERS_MAX = 253;

const address = z.union([z.ipv4(), z.ipv6()]);
const settings = z.strictObject({
  names: z
    .array(z.string().max(NAME_CHARACTERS_MAX).regex(NAME, { error: 'is not a name; write it like db.internal, *.internal or *' }))
    .min(1)
    .max(64)
    .describe('The names that fail: exactly these, everything below one (`*.internal`), or all (`*`). Other names are answered as always.'),
  answer: z
    .union([z.enum(['nxdomain', 'servfail', 'timeout']), address, z.array(address).min(1).max(16)])
    .default('nxdomain')
    .describe(
      '`nxdomain`: no such name; `servfail`: the resolver failed; `timeout`: no answer; or the wrong addresses, for A and AAAA questions.',
    ),
  resolvers: z.array(address).max(8).default([]).describe('Resolvers that the targets ask beside those in their /etc/resolv.conf.'),
});

const WORDS = { nxdomain: 'do not exist (NXDOMAIN)', servfail: 'fail (SERVFAIL)', timeout: 'get no answer' } as const;

export const dnsFailure = defineFault({
  name: 'dns-failure',
  summary:
    'Answers the DNS questions of its targets for some names with NXDOMAIN, SERVFAIL, silence or wrong addresses, over UDP and TCP; other names as always.',
  provenBy: 'a question asked from inside the target, answered before and failing as asked after',
  settings,
  looks: { label: 'DNS fails', colour: '#b9770e', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan({ names: asked, answer, resolvers }, { targets }) {
    for (const target of targets) refuseSharedNetwork(target, targets);
    const names = [...new Set(asked.map((name) => name.toLowerCase().replace(/\.$/, '')))];
    const told = answer === 'nxdomain' || answer === 'servfail' || answer === 'timeout' ? answer : [answer].flat();
    if (typeof told !== 'string') refuseTwice(told);
    const words = typeof told === 'string' ? WORDS[told] : `are ${told.join(', ')}`;
    return {
      operations: targets.map((target) => ({ op: 'dns', container: reference(target), resolvers, names, answer: told })),
      effects: targets.map((target) => `${target.name}: for it, ${names.join(', ')} ${words}; what it keeps of earlier answers stays`),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { hitQuestions: 'sum' }),
});

function refuseTwice(addresses: readonly string[]): void {
  const twice = addresses.find((each, index) => addresses.indexOf(each) !== index);
  if (twice === undefined) return;
  throw new FiredrillError('answer-twice', `The answer names ${twice} twice.`, {
    hint: 'Name each address once.',
    exitCode: EXIT.experimentWrong,
  });
}
