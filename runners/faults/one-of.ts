/** Settings of which one, and only one, must be there. */
import { EXIT, FiredrillError } from '../failure.ts';

/** Throws FiredrillError `one-of` (exit 3) unless one of them is given. */
export function exactlyOne(fault: string, given: Readonly<Record<string, unknown>>, example: string): void {
  const there = Object.keys(given).filter((name) => given[name] !== undefined);
  if (there.length === 1) return;
  const names = Object.keys(given).map((name) => `\`${name}\``);
  const said = there.length === 0 ? `none of ${names.join(' and ')}` : `${there.map((name) => `\`${name}\``).join(' and ')} together`;
  throw new FiredrillError('one-of', `The fault ${fault} has ${said}; it takes exactly one.`, {
    hint: `Write for example: ${example}`,
    exitCode: EXIT.experimentWrong,
  });
}
