/**
 * The proxy's program: waits in a target's network namespace, takes connections that a rule sends its way, and passes them on
 * to where they were meant to go. It obeys lines on its standard input and ends with it: `counts` tells the counts, `off`
 * ends the fault and lets the connections drain.
 */
import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline';
import { type Connection, serve } from './connection.ts';
import { type Faults, faultsOf } from './faults.ts';
import { type ProxyOrders, proxyOrdersShape } from './orders.ts';

/** Between two looks whether the last connection is gone. */
const DRAIN_LOOK_MS = 20;
/** Room between the two sides of a connection. */
const BUFFER_BYTES = 256 * 1024;

/** Answers with its exit code. */
export async function runHttpProxy(): Promise<number> {
  const lines = createInterface({ input: process.stdin });
  const open = new Set<Connection>();
  let faults: Faults | undefined;
  for await (const line of lines) {
    if (!faults) {
      const orders = proxyOrdersShape.parse(JSON.parse(line));
      faults = faultsOf(orders.faults);
      const ports = await listen(orders, faults, open);
      lines.once('off', () => drain(open, orders.drainMs));
      const addresses = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
      say({ ports, addresses });
      continue;
    }
    if (line === 'off') {
      faults.off();
      lines.emit('off');
    }
    say(faults.counts);
  }
  return 0;
}

async function listen({ upstreams }: ProxyOrders, faults: Faults, open: Set<Connection>): Promise<readonly number[]> {
  const ports: number[] = [];
  for (const { address, port } of upstreams) {
    const server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: BUFFER_BYTES }, (client) => {
      const host = address ?? client.localAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1';
      const options = { host, port, allowHalfOpen: true, noDelay: true, highWaterMark: BUFFER_BYTES };
      const upstream = connect(options);
      faults.counts.connections += 1;
      faults.counts.open += 1;
      const connection = serve(client, upstream, faults);
      open.add(connection);
      client.once('close', () => {
        faults.counts.open -= 1;
        open.delete(connection);
      });
    });
    ports.push(await listening(server));
  }
  return ports;
}

/** On both families; on IPv4 alone where the kernel has no IPv6. */
async function listening(server: Server): Promise<number> {
  const on = (host: string) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host, port: 0, backlog: 4096 }, resolve);
    });
  await on('::').catch(() => on('0.0.0.0'));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Responses that are under way end; what is still open when the time is over is cut, and the program ends. */
function drain(open: ReadonlySet<Connection>, drainMs: number): void {
  for (const connection of open) connection.drain();
  const untilMs = performance.now() + drainMs;
  setInterval(() => {
    if (open.size > 0 && performance.now() < untilMs) return;
    for (const connection of open) connection.cut();
    process.exit(0);
  }, DRAIN_LOOK_MS);
}

function say(words: object): void {
  process.stdout.write(`${JSON.stringify(words)}\n`);
}
