/** What the agent tells the DNS responder, and what is done to which questions. */
import { z } from 'zod';
import { parseQuestion, RCODE, renderAnswer, TYPE } from './message.ts';

/** An error, silence, or addresses that are wrong. */
export const dnsAnswerShape = z.union([z.enum(['nxdomain', 'servfail', 'timeout']), z.array(z.string()).min(1).readonly()]);
export type DnsAnswer = z.output<typeof dnsAnswerShape>;

/** The first line of its input. */
export const dnsOrdersShape = z.object({
  /** Addresses of the resolvers that the target asks; each gets a listener of its own. */
  resolvers: z.array(z.string()).readonly(),
  /** In lower case: exact, `*.suffix` for everything below it, or `*`. */
  names: z.array(z.string()).readonly(),
  answer: dnsAnswerShape,
});
export type DnsOrders = z.output<typeof dnsOrdersShape>;

/** The ports at which it listens, in the order of the resolvers. */
export const dnsReadyShape = z.object({ udp: z.array(z.number()).readonly(), tcp: z.array(z.number()).readonly() });

export function matchesName(names: readonly string[], name: string): boolean {
  return names.some((each) => each === '*' || each === name || (each.startsWith('*.') && name.endsWith(each.slice(1))));
}

/** What becomes of a message: it goes on as it is, nothing comes of it, or this is its answer. */
export function verdictOn(message: Buffer, { names, answer }: Pick<DnsOrders, 'names' | 'answer'>): 'forward' | 'silence' | Buffer {
  const question = parseQuestion(message);
  if (!question || !matchesName(names, question.name)) return 'forward';
  if (answer === 'timeout') return 'silence';
  if (typeof answer === 'string') return renderAnswer(message, question, RCODE[answer]);
  const { type } = question;
  if (type === TYPE.A || type === TYPE.AAAA) return renderAnswer(message, question, RCODE.noError, answer);
  // Records of services may hold addresses as hints, which would be the right ones.
  return type === TYPE.SVCB || type === TYPE.HTTPS ? renderAnswer(message, question, RCODE.noError) : 'forward';
}
