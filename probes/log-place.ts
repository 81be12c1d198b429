/** How far a log has been read: the stamp of the last line, and how many lines of that very stamp were read. Pure. */
import type { LogLine } from './probe.ts';

export interface LogPlace {
  /** RFC 3339; undefined before any line. */
  readonly at: string | undefined;
  /** Lines of that stamp that have been read. */
  readonly seen: number;
}

/** The place behind a log's last lines, all of the last stamp among them; before any line where there are none. */
export async function endAt(lines: AsyncIterable<LogLine>): Promise<LogPlace> {
  let at: string | undefined;
  for await (const line of lines) at = line.at;
  return { at, seen: at === undefined ? 0 : Number.POSITIVE_INFINITY };
}

/** The lines behind a place, each with the place behind it, of lines that begin at the place's own stamp. */
export async function* newLines(
  lines: AsyncIterable<LogLine>,
  from: LogPlace,
): AsyncGenerator<{ readonly line: LogLine; readonly next: LogPlace }> {
  let place = from;
  let same = 0;
  for await (const line of lines) {
    if (line.at === from.at) {
      same += 1;
      if (same <= from.seen) continue;
    }
    // An engine that cannot begin in the middle tells what is known once more.
    if (from.at !== undefined && line.at < from.at && from.seen > 0) continue;
    place = { at: line.at, seen: line.at === place.at ? place.seen + 1 : 1 };
    yield { line, next: place };
  }
}
