/** A service that answers wrongly: some of its HTTP requests are late, refused, cut off or reset, the others are not. */
import { z } from 'zod';
import { duration, formatMs } from '../../experiments/language/duration.ts';
import type { HttpOperation } from '../agent/operations/http.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import { refuseSharedNetwork } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault, type FaultContext, type Target } from './fault.ts';
import { reference } from './reference.ts';
import { seedOf } from './seeded.ts';
import { formatShare, share } from './share.ts';

const DELAY_MS_MAX = 300_000;
const DRAIN_MS_MAX = 10_000;
const BODY_CHARACTERS_MAX = 65_536;
const PATTERN_CHARACTERS_MAX = 256;
const UPSTREAMS_MAX = 64;

const pattern = z.string().min(1).max(PATTERN_CHARACTERS_MAX);
const method = z.string().regex(/^[A-Z][A-Z-]{0,31}$/, { error: 'is not a method; write it in capitals, like GET' });

const settings = z.strictObject({
  port: z
    .int()
    .min(1)
    .max(65_535)
    .describe('The TCP port on which the server listens: the one inside its container, not the published one.'),
  direction: z
    .enum(['in', 'out'])
    .default('in')
    .describe('`in`: the requests that the targets are sent; `out`: those that they send to `to`.'),
  to: z.string().optional().describe('With `direction: out`, the target whose containers the requests go to.'),
  from: z.string().optional().describe('With `direction: in`, the target whose containers the requests come from; without it, everyone.'),
  method: z
    .union([method, z.array(method).min(1).max(16)])
    .optional()
    .describe('Only requests by this method, or one of these.'),
  path: pattern.optional().describe('Only requests whose path, without its query, is this; `*` stands for any run of characters.'),
  'path-regex': pattern.optional().describe('Only requests in whose path, without its query, this regular expression is found.'),
  headers: z
    .record(z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, { error: 'is not the name of a header' }), pattern)
    .default({})
    .describe('Only requests with all of these headers; `*` stands for any run of characters.'),
  share: share().prefault('100%').describe('How much of the requests that match, chosen by the run’s seed: over 0% to 100%.'),
  delay: duration
    .refine(({ ms }) => ms >= 1 && ms <= DELAY_MS_MAX, { error: 'is out of range; a delay is between 1ms and 5m' })
    .optional()
    .describe('Hold the request for so long before it goes on, or before what else is done to it: 1ms to 5m.'),
  jitter: duration.optional().describe('The delay varies evenly by this much either way; at most the delay.'),
  status: z.int().min(200).max(599).optional().describe('Answer with this status, without asking the server.'),
  body: z.string().max(BODY_CHARACTERS_MAX).optional().describe('The body of that answer, as plain text; by default empty.'),
  abort: z.literal(true).optional().describe('Reset the connection instead of answering.'),
  'cut-body': z
    .union([
      z
        .int()
        .min(0)
        .transform((bytes) => ({ bytes })),
      share().transform((part) => ({ share: part })),
    ])
    .optional()
    .describe(
      'End the response’s body after so many bytes on the wire, or this share of its Content-Length (without one, after its head).',
    ),
  'open-connections': z
    .enum(['keep', 'reset'])
    .default('keep')
    .describe('Connections that are open at the injection go past the fault (`keep`), or are reset, so that clients come back through it.'),
  drain: duration
    .refine(({ ms }) => ms <= DRAIN_MS_MAX, { error: 'is too long; a drain is 10s at most' })
    .default({ ms: 2000 })
    .describe('How long connections may go on after the undo before they are cut; each ends after its next response. 10s at most.'),
});
type Asked = z.output<typeof settings>;

export const httpFault = defineFault({
  name: 'http-fault',
  summary:
    'Delays, refuses, resets or cuts off a share of HTTP/1.x requests by method, path and header, through a proxy in the targets’ network; other bytes pass untouched.',
  provenBy: 'requests that were hit, and how many passed',
  settings,
  looks: { label: 'HTTP fault', colour: '#af601a', lane: 'application' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, context) {
    refuseContradictions(asked);
    for (const target of context.targets) refuseSharedNetwork(target, context.targets);
    const others = othersOf(asked, context);
    const addresses = [...new Set(others.flatMap((other) => other.addresses))];
    const words = wordsOf(asked);
    return {
      operations: context.targets.map((target) => operationOn(target, asked, addresses, context.seed)),
      effects: context.targets.map((target) => `${target.name}: ${words}`),
      ...(others.length === 0 ? {} : { alsoTouched: others }),
    };
  },
  judgeProof: (_settings, results) =>
    judgeEvery(results, {
      hitRequests: 'sum',
      matchedRequests: 'sum',
      proxiedConnections: 'sum',
      otherConnections: 'sum',
      resetConnections: 'sum',
      meanHeldMs: 'least',
    }),
});

function operationOn(target: Target, asked: Asked, addresses: readonly string[], seed: number): HttpOperation & { op: 'http' } {
  const { method: methods = [], path, 'path-regex': pathRegex } = asked;
  return {
    op: 'http',
    container: reference(target),
    direction: asked.direction,
    port: asked.port,
    addresses,
    faults: {
      match: {
        methods: typeof methods === 'string' ? [methods] : methods,
        ...(path === undefined ? {} : { path }),
        ...(pathRegex === undefined ? {} : { pathRegex }),
        headers: Object.fromEntries(Object.entries(asked.headers).map(([name, glob]) => [name.toLowerCase(), glob])),
      },
      share: asked.share,
      seed: seedOf(seed, target.name),
      act: actOf(asked),
    },
    resetOpen: asked['open-connections'] === 'reset',
    drainMs: asked.drain.ms,
  };
}

function actOf({ delay, jitter, status, body = '', abort, 'cut-body': cut }: Asked): HttpOperation['faults']['act'] {
  return {
    ...(delay === undefined ? {} : { delayMs: delay.ms }),
    ...(jitter === undefined ? {} : { jitterMs: jitter.ms }),
    ...(status === undefined ? {} : { answer: { status, body } }),
    ...(abort === undefined ? {} : { abort }),
    ...(cut === undefined ? {} : { cut }),
  };
}

function wordsOf(asked: Asked): string {
  const { delay, jitter, status, abort, 'cut-body': cut } = asked;
  const methods = asked.method === undefined ? '' : `${[asked.method].flat().join(', ')} `;
  const where = [
    asked.path === undefined ? '' : ` for ${asked.path}`,
    asked['path-regex'] === undefined ? '' : ` for /${asked['path-regex']}/`,
    ...Object.entries(asked.headers).map(([name, glob]) => ` with ${name}: ${glob}`),
  ].join('');
  const way = asked.direction === 'out' ? ` that it sends to ${asked.to}` : asked.from === undefined ? '' : ` from ${asked.from}`;
  const done = [
    ...(delay === undefined ? [] : [`held ${formatMs(delay.ms)}${jitter === undefined ? '' : ` ± ${formatMs(jitter.ms)}`}`]),
    ...(status === undefined ? [] : [`answered ${status}`]),
    ...(abort === undefined ? [] : ['reset']),
    ...(cut === undefined ? [] : [`answered with a body cut off after ${'bytes' in cut ? `${cut.bytes} bytes` : formatShare(cut.share)}`]),
  ].join(', then ');
  const open = asked['open-connections'] === 'reset' ? 'connections that are open are reset' : 'connections that are open go past it';
  const seen = asked.direction === 'in' ? 'its server sees the container’s own address as the client’s' : '';
  return [`${formatShare(asked.share)} of the ${methods}requests${way}${where} on port ${asked.port} are ${done}`, open, seen]
    .filter((each) => each !== '')
    .join('; ');
}

function othersOf({ direction, to, from }: Asked, context: FaultContext): readonly Target[] {
  const name = direction === 'out' ? to : from;
  if (name === undefined) return [];
  const others = context.select(name);
  const addresses = new Set(others.flatMap((other) => other.addresses));
  if (addresses.size === 0) {
    throw new FiredrillError('no-address', `The target '${name}' has no network address, so that no request goes to or comes from it.`, {
      hint: 'Start its containers, or name another target.',
      exitCode: EXIT.groundUnfit,
    });
  }
  if (addresses.size <= UPSTREAMS_MAX) return others;
  throw new FiredrillError(
    'too-many-addresses',
    `The target '${name}' has ${addresses.size} addresses; an http-fault takes ${UPSTREAMS_MAX}.`,
    {
      hint: 'Select fewer containers.',
      exitCode: EXIT.experimentWrong,
    },
  );
}

/** Throws the first contradiction among the settings. */
function refuseContradictions(asked: Asked): void {
  const { delay, jitter, status, body, abort, 'cut-body': cut, direction, to, from } = asked;
  const ends = [status, abort, cut].filter((each) => each !== undefined).length;
  const wrong: readonly (readonly [boolean, string, string])[] = [
    [
      ends === 0 && delay === undefined,
      'An http-fault that does nothing.',
      'Add one of: delay: 2s, status: 503, abort: true, cut-body: 50%',
    ],
    [
      ends > 1,
      'A request can be answered, reset or cut off, but only one of them.',
      'Keep one of `status:`, `abort:`, `cut-body:`; `delay:` goes with each.',
    ],
    [body !== undefined && status === undefined, 'A body without a status.', 'Add for example: status: 503'],
    [body !== undefined && (status === 204 || status === 304), `An answer of status ${status} has no body.`, 'Leave out `body:`.'],
    [
      jitter !== undefined && jitter.ms > (delay?.ms ?? 0),
      'A jitter that is more than the delay.',
      'Write a `delay:` that is at least as long.',
    ],
    [
      direction === 'out' && to === undefined,
      'Requests that go out need the target that they go to.',
      'Add `to:` with the name of a target.',
    ],
    [direction === 'out' && from !== undefined, 'Requests that go out come from the fault’s own targets.', 'Leave out `from:`.'],
    [
      direction === 'in' && to !== undefined,
      'Requests that come in go to the fault’s own targets.',
      'Leave out `to:`, or write: direction: out',
    ],
    [
      !isRegex(asked['path-regex']),
      `Not a regular expression: ${asked['path-regex']}`,
      'Write one as JavaScript reads it, without slashes around it.',
    ],
  ];
  for (const [so, message, hint] of wrong) {
    if (so) throw new FiredrillError('http-fault-contradicts', message, { hint, exitCode: EXIT.experimentWrong });
  }
}

function isRegex(text: string | undefined): boolean {
  try {
    return new RegExp(text ?? '') instanceof RegExp;
  } catch {
    return false;
  }
}
