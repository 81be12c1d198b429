/**
 * Sets one operation's packet rules in a target's network namespace, and takes them away, by programs that are started ahead and wait for
 * their text.
 */
import type { Family } from './channel.ts';
import type { PacketFilter } from './packet-filter.ts';
import { removalOf } from './packet-rules.ts';
import type { Waiting } from './programs.ts';
import { programsAhead } from './programs-ahead.ts';
import type { Network } from './whereabouts.ts';

interface Restore {
  readonly family: Family;
  readonly program: Waiting;
}

export interface RuleSetter {
  /** Starts the programs that will set the rules. */
  prepare(network: Network): void;
  /** Sets the rules; resolves with when the last of them was in force. */
  set(network: Network, signal: AbortSignal): Promise<bigint>;
  /** Starts the programs that will take the rules away, if there is room: else they are started when they are needed. */
  prepareRemoval(network: Network): void;
  /** Ends the programs that were started ahead. */
  drop(): void;
  /** Takes the rules away, wherever they came from; undefined where no process of the container runs any more. */
  remove(network: Network | undefined, signal: AbortSignal): Promise<bigint | undefined>;
  /** Throws when a chain of ours is left; says what was looked at. */
  readBack(network: Network | undefined, signal: AbortSignal): Promise<string>;
  /** The rules with their counters, both families. */
  saved(network: Network, signal: AbortSignal): Promise<string>;
}

export function ruleSetter(filter: PacketFilter, tag: string, rulesOf: (family: Family) => string): RuleSetter {
  const ahead = programsAhead<Restore>(({ pid }) => filter.families.map((family) => ({ family, program: filter.prepare(pid, family) })));
  /** Where all of our rules were set, and none was taken away since. */
  let setIn: string | undefined;
  const savedOf = async (network: Network, signal: AbortSignal) =>
    (await Promise.all(filter.families.map((family) => filter.saved(network.pid, family, signal)))).join('');

  return {
    prepare: ahead.prepare,
    prepareRemoval: ahead.prepareIfRoom,
    drop: ahead.drop,
    saved: savedOf,
    async set(network, signal) {
      const ran = await finishAll(ahead.take(network), rulesOf, signal);
      const failed = ran.filter((each) => each.code !== 0);
      if (failed.length > 0) throw new Error(`setting the rules failed: ${failed.map((each) => each.stderr.trim()).join('; ')}`);
      setIn = network.namespace;
      return latest(ran);
    },
    async remove(network, signal) {
      const isWhole = setIn !== undefined && setIn === network?.namespace;
      setIn = undefined;
      if (network && isWhole) {
        const ran = await finishAll(ahead.take(network), (family) => removalOf(rulesOf(family)), signal);
        if (ran.every((each) => each.code === 0)) return latest(ran);
      }
      ahead.drop();
      if (!network) return undefined;
      await filter.remove(network.pid, tag, signal);
      return process.hrtime.bigint();
    },
    async readBack(network, signal) {
      if (!network) return 'no process of it runs, and with the last one its network and our rules in it went';
      const saved = await savedOf(network, signal);
      const left = saved.split('\n').filter((line) => line.includes(tag));
      if (left.length > 0) throw new Error(`our rules are still there: ${left.join('; ')}`);
      return `no rule of ours in IPv${filter.families.join(' and IPv')}`;
    },
  };
}

function finishAll(programs: readonly Restore[], text: (family: Family) => string, signal: AbortSignal) {
  const kill = () => {
    for (const { program } of programs) program.kill();
  };
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  return Promise.all(programs.map(({ family, program }) => program.finish(text(family)))).finally(() =>
    signal.removeEventListener('abort', kill),
  );
}

function latest(ran: readonly { readonly endedNs: bigint }[]): bigint {
  return ran.reduce((last, each) => (each.endedNs > last ? each.endedNs : last), 0n);
}
