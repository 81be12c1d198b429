/**
 * Holds TCP connections open: opens as many as it is told at the cue, opens another for each that is closed by the other side, and says
 * how many are open and how many wait to be. It ends with its input, and the kernel closes all of them with it.
 *
 *   connection-hog HOST PORT COUNT SOURCE      input: `open`, then `look` again and again; a line of JSON for each
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Before another attempt in the place of one that was closed or refused. */
const AGAIN_AFTER_MS = 200;

export async function runConnectionHog(): Promise<number> {
  const [host = '', port = '', count = '', source = ''] = process.argv.slice(3);
  const open = new Set<Socket>();
  let closed = 0;
  let refused = 0;
  const hold = () => {
    let opened = false;
    const socket = connect({ host, port: Number(port), localAddress: source });
    socket.on('connect', () => {
      opened = true;
      open.add(socket);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      if (opened) closed += 1;
      else refused += 1;
      setTimeout(hold, AGAIN_AFTER_MS);
    });
    // Whatever is said is heard and dropped, so that the other side never waits for us.
    socket.resume();
  };
  const say = () =>
    process.stdout.write(`${JSON.stringify({ open: open.size, closed, refused, atNs: String(process.hrtime.bigint()) })}\n`);
  say();
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'open') for (let held = 0; held < Number(count); held += 1) hold();
    say();
  }
  return 0;
}
