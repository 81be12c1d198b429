/**
 * A server in a process of its own that answers every packet with 1 KB, without parsing: the cheapest there is in Node. It
 * stamps each request's arrival on CLOCK_MONOTONIC, and says on demand how late they came, by an even plan.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { quantile } from '../table.ts';

const BODY_BYTES = 1024;
const ANSWER = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY_BYTES}\r\n\r\n${'x'.repeat(BODY_BYTES)}`);

const asked = z.object({ startNs: z.string(), perSecond: z.number() });
const lateness = z.object({ p50Ms: z.number(), p99Ms: z.number(), firstMs: z.number() });
const listening = z.looseObject({ port: z.number() });

export interface StampingServer {
  readonly url: string;
  /** How late the requests since the last call came, the k-th by the k-th time of the plan. */
  lateness(startNs: bigint, perSecond: number): Promise<z.output<typeof lateness>>;
  close(): void;
}

export async function stampingServer(): Promise<StampingServer> {
  const child = fork(fileURLToPath(import.meta.url), ['serve'], { execArgv: [] });
  const [address] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${listening.parse(address).port}/`,
    async lateness(startNs, perSecond) {
      child.send({ startNs: String(startNs), perSecond });
      const [answer] = await once(child, 'message');
      return lateness.parse(answer);
    },
    close: () => child.disconnect(),
  };
}

function serve(): void {
  let stampsNs: bigint[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', () => {
      stampsNs.push(process.hrtime.bigint());
      socket.write(ANSWER);
    });
    socket.on('error', () => {});
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send?.(server.address()));
  process.on('message', (message) => {
    const { startNs, perSecond } = asked.parse(message);
    const errors = stampsNs.map((stampNs, index) => Number(stampNs - BigInt(startNs)) / 1e6 - (index * 1000) / perSecond);
    stampsNs = [];
    process.send?.({ p50Ms: quantile(errors, 0.5), p99Ms: quantile(errors, 0.99), firstMs: errors[0] ?? 0 });
  });
  process.once('disconnect', () => process.exit());
}

if (process.argv[2] === 'serve' && process.argv[1] === fileURLToPath(import.meta.url)) serve();
