/** The engine's answer to a long call (build, pull, import): JSON lines, the last of which may be an error. */
import { createInterface } from 'node:readline';
import { z } from 'zod';

const line = z.object({ stream: z.string().optional(), status: z.string().optional(), error: z.string().optional() });

/** Reads to the end, giving each line of text on. Throws Error with the engine's own words. */
export async function readProgress(answer: NodeJS.ReadableStream, onText: (text: string) => void): Promise<void> {
  for await (const text of createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text.trim() === '') continue;
    const parsed = line.parse(JSON.parse(text));
    if (parsed.error !== undefined) throw new Error(parsed.error.trim());
    for (const piece of (parsed.stream ?? parsed.status ?? '').split('\n')) if (piece.trim() !== '') onText(piece);
  }
}
