/** Asks a resolver one question after the other, from inside a target's network: the canary of dns-failure. */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { parseAnswer, renderQuestion } from './message.ts';

const DNS_PORT = 53;
const IDS = 65_536;

/** One line of its input. */
const askShape = z.object({ resolver: z.string(), name: z.string(), type: z.number(), withinMs: z.number() });
export type DnsAsk = z.output<typeof askShape>;

/** What came of it; nothing within the time is silence. */
export const dnsToldShape = z.union([
  z.object({ rcode: z.number(), addresses: z.array(z.string()).readonly() }),
  z.object({ silent: z.literal(true) }),
  z.object({ error: z.string() }),
]);
export type DnsTold = z.output<typeof dnsToldShape>;

/** Answers with its exit code. */
export async function runDnsAsker(): Promise<number> {
  for await (const line of createInterface({ input: process.stdin })) {
    const told = await ask(askShape.parse(JSON.parse(line)));
    process.stdout.write(`${JSON.stringify(told)}\n`);
  }
  return 0;
}

function ask({ resolver, name, type, withinMs }: DnsAsk): Promise<DnsTold> {
  const socket = createSocket(isIPv6(resolver) ? 'udp6' : 'udp4');
  const id = randomInt(IDS);
  return new Promise<DnsTold>((resolve) => {
    const timeout = setTimeout(() => resolve({ silent: true }), withinMs);
    socket.on('error', (error) => resolve({ error: error.message }));
    socket.on('message', (message) => {
      const answer = parseAnswer(message);
      if (answer?.id !== id) return;
      clearTimeout(timeout);
      resolve({ rcode: answer.rcode, addresses: answer.addresses });
    });
    // Not connected: a question that is led elsewhere is answered from there.
    socket.send(renderQuestion(id, name, type), DNS_PORT, resolver);
  }).finally(() => socket.close());
}
