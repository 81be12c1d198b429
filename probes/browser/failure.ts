/**
 * Whose failure is it, in a browser? What the page or its server did is the system's. A browser that crashed, a network of its own that
 * changed under it, and a journey that cannot be played as it is written say nothing about the system.
 */
import { errorText } from '../failure-reading.ts';

/** The page is not as it has to be; the message says how. */
export class BrokenJourney extends Error {
  override readonly name = 'BrokenJourney';
}

export interface JourneyFailure {
  readonly whose: 'system' | 'tool';
  readonly text: string;
}

/** Chromium's words for what is wrong on this side; all others are about the other side, or about the page. */
const OWN_TROUBLE =
  /net::(ERR_NETWORK_CHANGED|ERR_INTERNET_DISCONNECTED|ERR_NETWORK_IO_SUSPENDED|ERR_NETWORK_ACCESS_DENIED|ERR_INSUFFICIENT_RESOURCES|ERR_OUT_OF_MEMORY|ERR_BLOCKED_BY_CLIENT|ERR_BLOCKED_BY_ADMINISTRATOR|ERR_UNSAFE_PORT)\b/;
const NETWORK_FAILED = /net::(ERR_[A-Z0-9_]+)/;
/** The page gave the request up by itself, or left. */
const GIVEN_UP = /net::ERR_ABORTED\b/;
const TEXT_CHARACTERS_MAX = 300;

/** Chromium's word for a failed request; undefined for one that the page itself gave up. */
export function networkTrouble(said: string): JourneyFailure | undefined {
  if (GIVEN_UP.test(said)) return undefined;
  const [, word = said] = NETWORK_FAILED.exec(said) ?? [];
  return { whose: OWN_TROUBLE.test(said) ? 'tool' : 'system', text: word };
}

/** An error of a step, told apart. `timedOut` says that the time for the steps was over. */
export function journeyFailure(error: unknown, timedOut: boolean): JourneyFailure {
  const text = errorText(error).slice(0, TEXT_CHARACTERS_MAX);
  if (error instanceof BrokenJourney) return { whose: 'system', text };
  const [, word] = NETWORK_FAILED.exec(text) ?? [];
  if (word !== undefined) return { whose: OWN_TROUBLE.test(text) ? 'tool' : 'system', text: word };
  const isTimeout = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  if (isTimeout || timedOut) return { whose: 'system', text: 'timed out' };
  return { whose: 'tool', text };
}
