/**
 * Sets one operation's packet rules in a target's network namespace, and takes them away. The programs that do either are
 * started ahead and wait for their text, so that the act itself takes a few milliseconds on all targets together.
 */
import type { Family } from './channel.ts';
import type { PacketFilter } from './packet-filter.ts';
import { removalOf } from './packet-rules.ts';
import type { Waiting } from './programs.ts';
import type { Network } from './whereabouts.ts';

interface Prepared {
  readonly family: Family;
  readonly program: Waiting;
}

export interface RuleSetter {
  /** Starts the programs that will set the rules, or, once they are set, take them away. Starting programs takes the agent's time: not while others are being set. */
  prepare(network: Network): void;
  /** Sets the rules; resolves with when the last of them was in force. */
  set(network: Network, signal: AbortSignal): Promise<bigint>;
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
  let ahead: { readonly namespace: string; readonly programs: readonly Prepared[] } | undefined;
  const drop = () => {
    for (const { program } of ahead?.programs ?? []) program.kill();
    ahead = undefined;
  };
  const prepare = (network: Network) => {
    drop();
    const programs = filter.families.map((family) => ({ family, program: filter.prepare(network.pid, family) }));
    ahead = { namespace: network.namespace, programs };
  };
  /** The programs started ahead, unless the container has moved to another namespace or one of them died. */
  const take = (network: Network): readonly Prepared[] => {
    const usable = ahead?.namespace === network.namespace && ahead.programs.every(({ program }) => program.alive());
    if (!usable) prepare(network);
    const programs = ahead?.programs ?? [];
    ahead = undefined;
    return programs;
  };
  const savedOf = async (network: Network, signal: AbortSignal) =>
    (await Promise.all(filter.families.map((family) => filter.saved(network.pid, family, signal)))).join('');

  return {
    prepare,
    drop,
    saved: savedOf,
    async set(network, signal) {
      const ran = await finishAll(take(network), rulesOf, signal);
      const failed = ran.filter((each) => each.code !== 0);
      if (failed.length > 0) throw new Error(`setting the rules failed: ${failed.map((each) => each.stderr.trim()).join('; ')}`);
      return latest(ran);
    },
    async remove(network, signal) {
      if (!network) {
        drop();
        return undefined;
      }
      if (ahead?.namespace === network.namespace) {
        const ran = await finishAll(take(network), (family) => removalOf(rulesOf(family)), signal);
        if (ran.every((each) => each.code === 0)) return latest(ran);
      }
      drop();
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

function finishAll(programs: readonly Prepared[], text: (family: Family) => string, signal: AbortSignal) {
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
