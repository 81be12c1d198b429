/**
 * Programs that are started ahead in a target's network and wait for their cue, so that the act itself takes a few milliseconds on all targets
 * together. They serve one namespace: a container that was restarted meanwhile has another.
 */
import { isRoomForWaiting, type Waiting } from './programs.ts';
import type { Network } from './whereabouts.ts';

export interface ProgramsAhead<Each> {
  /** Starts them, in place of those that wait. Starting programs takes the agent's time: not while others act. */
  prepare(network: Network): void;
  /** The same, unless so many programs run already that more would delay the agent's successor: `take` starts them then. */
  prepareIfRoom(network: Network): void;
  /** Those that wait, started now where none do, where one of them died, or where the container has moved to another namespace. They wait no more. */
  take(network: Network): readonly Each[];
  /** Ends those that wait. */
  drop(): void;
}

export function programsAhead<Each extends { readonly program: Waiting }>(
  start: (network: Network) => readonly Each[],
): ProgramsAhead<Each> {
  let waiting: { readonly namespace: string; readonly each: readonly Each[] } | undefined;
  const drop = () => {
    for (const { program } of waiting?.each ?? []) program.kill();
    waiting = undefined;
  };
  const prepare = (network: Network) => {
    drop();
    waiting = { namespace: network.namespace, each: start(network) };
  };
  return {
    prepare,
    prepareIfRoom(network) {
      if (isRoomForWaiting()) prepare(network);
      else drop();
    },
    take(network) {
      const usable = waiting?.namespace === network.namespace && waiting.each.every(({ program }) => program.alive());
      if (!usable) drop();
      const each = waiting?.each ?? start(network);
      waiting = undefined;
      return each;
    },
    drop,
  };
}
