/**
 * Segments: two seconds of one small film, whatever is asked for; the drills are about who answers, not about what is seen. Each is a WebM file
 * of its own, so a page can play it by itself or append one to another. `film/make-film.ts` draws it.
 */
import { readFileSync } from 'node:fs';

export const SEGMENT_SECONDS = 2;
export const SEGMENT_TYPE = 'video/webm; codecs="vp8"';

const film = readFileSync(new URL('film.webm', import.meta.url));

export function segmentBytes(): Uint8Array {
  return film;
}
