/** Who carries out what a script asks for. It stands apart from the module, because in QuickJS the module is inside and it is not. */
import type { AskedRequest } from './asked.ts';
import type { CookieJar } from './cookie-jar.ts';
import type { Answered } from './response.ts';
import type { ExpectedStatuses } from './statuses.ts';

export interface Carrier {
  /** Cookies of the iteration. */
  readonly jar: CookieJar;
  /** How the class of jars is called that scripts make. */
  readonly Jar: typeof CookieJar;
  /** What from now on counts as expected, where a request says nothing else; null: nothing does, nor the contrary. */
  expect(expected: ExpectedStatuses | null): void;
  /** Rejects, where the test or the request says `throw`, with what went wrong. */
  request(asked: AskedRequest): Promise<Answered>;
  /** The same for others to go beside: a promise, also where `request` blocks; at once where nothing is sent. */
  requestLater(asked: AskedRequest): Answered | Promise<Answered>;
  /** Several at once. */
  together(asked: readonly AskedRequest[]): Promise<readonly Answered[]>;
  /** Cookies are dropped. */
  endIteration(): void;
}
