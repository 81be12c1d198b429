/** What comes in on a connection, asked for piece by piece, so that nothing is read that cannot be passed on; and what goes out. */
import type { Socket } from 'node:net';

export interface Source {
  /** What is there now, without taking it; undefined where nothing is. */
  peek(): Buffer | undefined;
  /** The next piece; undefined where the connection has ended. */
  read(): Promise<Buffer | undefined>;
  /** Puts bytes back to be read next. */
  unread(bytes: Buffer): void;
  ended(): boolean;
  /** Resolves when something came, when it ended, or when it was poked. */
  stirred(): Promise<void>;
  poke(): void;
}

export function sourceOf(socket: Socket): Source {
  let held: Buffer | undefined;
  let over = false;
  let moved = Promise.withResolvers<void>();
  const poke = () => {
    moved.resolve();
    moved = Promise.withResolvers();
  };
  const end = () => {
    over = true;
    poke();
  };
  socket.on('readable', poke).on('end', end).on('close', end);
  const peek = () => {
    held ??= socket.read() ?? undefined;
    return held;
  };
  return {
    peek,
    poke,
    ended: () => over && peek() === undefined,
    stirred: () => moved.promise,
    async read() {
      while (peek() === undefined && !over) await moved.promise;
      const bytes = held;
      held = undefined;
      return bytes;
    },
    unread(bytes) {
      if (bytes.length > 0) held = held ? Buffer.concat([bytes, held]) : bytes;
    },
  };
}

/** Resolves when there is room for more; false where the connection is gone. */
export async function send(sink: Socket, bytes: Buffer): Promise<boolean> {
  if (sink.destroyed || sink.writableEnded) return false;
  if (bytes.length === 0 || sink.write(bytes)) return true;
  await new Promise<void>((resolve) => {
    const done = () => {
      sink.off('drain', done).off('close', done);
      resolve();
    };
    sink.on('drain', done).on('close', done);
  });
  return !sink.destroyed;
}
