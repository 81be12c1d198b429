/** The line between a runner and an engine that is far: a port in between that can be cut, or fall silent, and be mended. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface EngineLine {
  /** As `DOCKER_HOST` spells it. */
  readonly address: string;
  /** Every connection breaks, and none is taken. */
  cut(): void;
  /** Every connection stays open, and nothing goes through any more. */
  silence(): void;
  /** Connections made from now on work. What was silenced is cut. */
  mend(): void;
  close(): Promise<void>;
}

export async function openLine(engineSocket: string): Promise<EngineLine> {
  let state: 'whole' | 'cut' | 'silent' = 'whole';
  const pairs = new Set<{ readonly near: Socket; readonly far: Socket }>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    near.on('error', () => {});
    if (state !== 'whole') {
      if (state === 'cut') near.destroy();
      else near.pause();
      return;
    }
    const far = connect({ path: engineSocket, allowHalfOpen: true });
    const pair = { near, far };
    pairs.add(pair);
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => {
      near.destroy();
      pairs.delete(pair);
    });
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const destroyAll = () => {
    for (const { near, far } of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  return {
    address: `tcp://127.0.0.1:${port}`,
    cut() {
      state = 'cut';
      destroyAll();
    },
    silence() {
      state = 'silent';
      // The engine's side stays open: a line that is lost without a word tells neither end.
      for (const { near, far } of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        near.pause();
        far.pause();
      }
    },
    mend() {
      if (state === 'silent') destroyAll();
      state = 'whole';
    },
    async close() {
      destroyAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
