/**
 * The last guard of the rewriting: a virtual user whose blocking call is under way does nothing else, so a second one at
 * the same time proves that an await is missing. The host's blocking functions go through this, one a virtual user.
 */
import { EXIT, FiredrillError } from '../../../failure.ts';

export class Turn {
  #held: string | undefined;

  /** Throws `await-missing`. `call` names the call, for the message: `http.get`. */
  begin(call: string): void {
    if (this.#held !== undefined) {
      throw new FiredrillError('await-missing', `${call} was called while ${this.#held} was still waiting.`, {
        hint: 'The rewriting of this script missed a call that waits: run it on the other path, --path quickjs, and report it.',
        exitCode: EXIT.bug,
      });
    }
    this.#held = call;
  }

  end(): void {
    this.#held = undefined;
  }

  /** Whether the virtual user stands still in a call; true at the end of an iteration proves the same mistake. */
  get held(): boolean {
    return this.#held !== undefined;
  }
}
