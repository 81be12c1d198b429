/** A proxy between a server and clients, all in this process. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { type Connection, serve } from '../../../../runners/agent/http-proxy/connection.ts';
import { type Faults, faultsOf } from '../../../../runners/agent/http-proxy/faults.ts';

type Asked = Parameters<typeof faultsOf>[0];

export interface Stand {
  readonly port: number;
  readonly faults: Faults;
  readonly connections: readonly Connection[];
}

/** The server gets each connection; everything is closed when the test is over. */
export async function stand(
  t: TestContext,
  onConnection: (socket: Socket) => void,
  act: Asked['act'],
  more: Partial<Asked> = {},
): Promise<Stand> {
  const faults = faultsOf({ match: { methods: [], path: '/hit*', headers: {} }, share: 1, seed: 1, act, ...more });
  const connections: Connection[] = [];
  const upstream = await listening(t, onConnection);
  const port = await listening(t, (client) => {
    connections.push(serve(client, connect({ port: upstream, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }), faults));
  });
  t.after(() => {
    for (const connection of connections) connection.cut();
  });
  return { port, faults, connections };
}

async function listening(t: TestContext, onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** All that comes back for what is written, piece by piece, until the connection ends, and how it ended. */
export function exchange(port: number, pieces: readonly string[], half = true): Promise<{ text: string; error: string | undefined }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let error: string | undefined;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (failure: NodeJS.ErrnoException) => {
      error = failure.code;
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve({ text: Buffer.concat(chunks).toString('latin1'), error }));
    void (async () => {
      for (const piece of pieces) {
        socket.write(piece, 'latin1');
        await new Promise((done) => setImmediate(done));
      }
      if (half) socket.end();
    })();
  });
}
