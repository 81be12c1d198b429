/** Real servers on 127.0.0.1 for probes to look at; each closes with everything that is connected to it. */
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface LocalServer extends AsyncDisposable {
  readonly port: number;
  /** Connections accepted so far. */
  readonly accepted: () => number;
  /** Cuts every connection with a reset. */
  readonly resetAll: () => void;
}

/** A TCP server; `serve` gets each connection. */
export async function tcpServer(serve: (socket: Socket) => void): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    accepted: () => accepted,
    resetAll: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An HTTP server. */
export async function httpServer(answer: RequestListener): Promise<LocalServer> {
  const inner = createHttpServer(answer);
  return tcpServer((socket) => inner.emit('connection', socket));
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = await tcpServer(() => {});
  await server[Symbol.asyncDispose]();
  return server.port;
}
