/** Before a run: what a dead run left must be put back first, and only on request. */
import type Docker from 'dockerode';
import { EXIT, FiredrillError } from '../../failure.ts';
import { findUnendedRuns } from '../../journal/reader.ts';
import { describeRemains, findRemains, leftSomething } from './find-remains.ts';

/** Throws FiredrillError `leftovers` (exit 7), naming everything that a dead run of this folder did not put back. */
export async function assertNothingLeft(docker: Docker, runsFolder: string): Promise<void> {
  const remains = await findRemains(docker, await findUnendedRuns(runsFolder));
  const left = remains.filter((each) => each.alive === undefined && leftSomething(each.leftovers));
  if (left.length === 0) return;
  throw new FiredrillError('leftovers', `A dead run may have left something:\n  ${left.flatMap(describeRemains).join('\n  ')}`, {
    hint: 'Put it back and read it back: firedrill sweep',
    exitCode: EXIT.groundUnfit,
  });
}
