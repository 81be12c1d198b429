/**
 * The DNS responder's program: waits in a target's network for the questions that rules lead to it. It obeys lines on its standard input
 * and ends with it: `counts` tells the counts, `off` ends the fault and, when what is under way is answered, the program.
 */
import { createInterface } from 'node:readline';
import { dnsOrdersShape } from './orders.ts';
import { type Course, courseOf, respondToConnections, respondToDatagrams } from './responder.ts';

/** How long questions that are under way may take after the undo, and how often is looked. */
const DRAIN_MS = 1_000;
const DRAIN_LOOK_MS = 20;

/** Answers with its exit code. */
export async function runDnsResponder(): Promise<number> {
  let course: Course | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    if (!course) {
      const orders = dnsOrdersShape.parse(JSON.parse(line));
      const begun = courseOf(orders);
      course = begun;
      const portsOf = async (listen: typeof respondToDatagrams) =>
        (await Promise.all(orders.resolvers.map((address) => listen({ address }, begun)))).map(({ port }) => port);
      say({ udp: await portsOf(respondToDatagrams), tcp: await portsOf(respondToConnections) });
      continue;
    }
    if (line === 'off') drain(course);
    say(course.counts);
  }
  return 0;
}

function drain(course: Course): void {
  course.off();
  const untilMs = performance.now() + DRAIN_MS;
  setInterval(() => {
    if (course.counts.underWay === 0 || performance.now() > untilMs) process.exit(0);
  }, DRAIN_LOOK_MS);
}

function say(words: object): void {
  process.stdout.write(`${JSON.stringify(words)}\n`);
}
