/** Judges whether names are answered as wanted, from what a canary was told and what the container asked. Pure. */
import { isIP } from 'node:net';
import type { DnsTold } from '../dns/ask.ts';
import { plainAddress, RCODE, TYPE } from '../dns/message.ts';
import type { DnsAnswer } from '../dns/orders.ts';

/** A question that must be hit: a name that is meant, or one below it that nobody has. */
export function canaryFor({ names, answer }: { readonly names: readonly string[]; readonly answer: DnsAnswer }): {
  readonly name: string;
  readonly type: number;
} {
  const exact = names.find((name) => !name.startsWith('*'));
  const suffix = names[0]?.replace(/^\*\.?/, '');
  const name = exact ?? `firedrill-canary.${suffix === undefined || suffix === '' ? 'invalid' : suffix}`;
  const onlySix = typeof answer !== 'string' && answer.every((address) => isIP(address) === 6);
  return { name, type: onlySix ? TYPE.AAAA : TYPE.A };
}

/** True where what was told is what the fault tells. */
export function isAsWanted(told: DnsTold, answer: DnsAnswer): boolean {
  if ('error' in told) return false;
  if (answer === 'timeout' || 'silent' in told) return answer === 'timeout' && 'silent' in told;
  if (typeof answer === 'string') return told.rcode === RCODE[answer];
  const wanted = answer.map(plainAddress);
  return told.rcode === RCODE.noError && told.addresses.length > 0 && told.addresses.every((address) => wanted.includes(address));
}

/** `said NXDOMAIN`, `said 192.0.2.1`, `did not answer`. */
export function wordsOf(told: DnsTold): string {
  if ('error' in told) return `failed: ${told.error}`;
  if ('silent' in told) return 'did not answer';
  if (told.addresses.length > 0) return `said ${told.addresses.join(', ')}`;
  return `said ${({ 0: 'that there is no such record', 2: 'SERVFAIL', 3: 'NXDOMAIN' } as const)[told.rcode] ?? `code ${told.rcode}`}`;
}

export interface Sung {
  readonly name: string;
  readonly answer: DnsAnswer;
  /** What the canary was told in arming, and now. */
  readonly before: DnsTold | undefined;
  readonly after: DnsTold;
  /** The container's own questions that were hit. */
  readonly hit: number;
}

export function judgeCanary({ name, answer, before, after, hit }: Sung): { readonly proven: boolean; readonly evidence: string } {
  const own = `${hit} questions of its own were hit`;
  if (!isAsWanted(after, answer)) return { proven: false, evidence: `asked for ${name}, its resolver ${wordsOf(after)}; ${own}` };
  const now = `asked for ${name}, its resolver ${before ? `${wordsOf(before)} before and ` : ''}${wordsOf(after)} now; ${own}`;
  if (before && !isAsWanted(before, answer)) return { proven: true, evidence: now };
  if (hit > 0) return { proven: true, evidence: now };
  return { proven: false, evidence: `${now}: nothing tells the fault from what was so before` };
}
