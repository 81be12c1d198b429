/**
 * Makes the kernel forget flows in a target's network, which it would go on leading as before. The programs are started ahead and wait, as those
 * that set the rules do, and give way to them: on many targets at once, the flows of one are forgotten while the rules of others are being set.
 */
import { inNetworkOf, onCue, startProgram, type Waiting } from './programs.ts';
import type { Network } from './whereabouts.ts';

export interface FlowForgetter {
  /** Starts the programs, so that they wait. */
  prepare(network: Network): void;
  forget(network: Network): Promise<void>;
  /** Ends the programs that wait. */
  drop(): void;
}

/** A command finds nothing to forget more often than not, and fails then; so their exit codes say nothing. */
export function flowForgetter(commands: readonly (readonly string[])[]): FlowForgetter {
  let ahead: { readonly namespace: string; readonly programs: readonly Waiting[] } | undefined;
  const drop = () => {
    for (const program of ahead?.programs ?? []) program.kill();
    ahead = undefined;
  };
  const prepare = (network: Network) => {
    drop();
    ahead = {
      namespace: network.namespace,
      programs: commands.map((command) => startProgram(inNetworkOf(network.pid, [...LAST, ...onCue(command)]))),
    };
  };
  return {
    prepare,
    drop,
    async forget(network) {
      const usable = ahead?.namespace === network.namespace && ahead.programs.every((program) => program.alive());
      if (!usable) prepare(network);
      const programs = ahead?.programs ?? [];
      ahead = undefined;
      await Promise.all(programs.map((program) => program.finish(CUE)));
    },
  };
}

const CUE = 'forget\n';
const LAST = ['nice', '-n', '19', '--'];
