/**
 * Makes the kernel forget flows in a target's network, which it would go on leading as before. The programs wait as those that set the
 * rules do, and give way to them: on many targets at once, the flows of one are forgotten while the rules of others are being set.
 */
import { inNetworkOf, onCue, startProgram, type Waiting } from './programs.ts';
import { programsAhead } from './programs-ahead.ts';
import type { Network } from './whereabouts.ts';

export interface FlowForgetter {
  /** Starts the programs, so that they wait. */
  prepare(network: Network): void;
  /** The same, if there is room: else they are started when they are needed. */
  prepareIfRoom(network: Network): void;
  forget(network: Network): Promise<void>;
  /** Ends the programs that wait. */
  drop(): void;
}

const CUE = 'forget\n';
const LAST = ['nice', '-n', '19', '--'];

/** A command finds nothing to forget more often than not, and fails then; so their exit codes say nothing. */
export function flowForgetter(commands: readonly (readonly string[])[]): FlowForgetter {
  const ahead = programsAhead<{ readonly program: Waiting }>(({ pid }) =>
    commands.map((command) => ({ program: startProgram(inNetworkOf(pid, [...LAST, ...onCue(command)])) })),
  );
  return {
    prepare: ahead.prepare,
    prepareIfRoom: ahead.prepareIfRoom,
    drop: ahead.drop,
    async forget(network) {
      await Promise.all(ahead.take(network).map(({ program }) => program.finish(CUE)));
    },
  };
}
