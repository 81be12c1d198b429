/**
 * A program's side of the talk with an operation: an order a line in, an answer a line out, both JSON, one after the other.
 * Secrets come by it, so that none is ever on a command line. It ends when its input ends.
 */
import { createInterface } from 'node:readline';

/** Serves until the input ends. What `serve` throws is answered, and ends nothing. */
export async function serveLines(serve: (order: unknown) => Promise<unknown>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await serve(JSON.parse(line)).then(
      (value) => ({ ok: true, value }),
      (error: unknown) => ({ ok: false, error: error instanceof Error ? error.message : String(error) }),
    );
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
