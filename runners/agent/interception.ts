/**
 * An interception: a program of ours that waits in a target's network, and rules that lead connections or datagrams to it. The
 * program is started in arming; the rules are the act, and their going is the undo. When the program dies, the rules go at
 * once; when the agent dies, its last will takes them away.
 */
import { readlinkSync } from 'node:fs';
import type { Family } from './channel.ts';
import { type FlowForgetter, flowForgetter } from './flow-forgetter.ts';
import { type LastWill, leaveWill } from './last-will.ts';
import type { Ground } from './operations/five-moves.ts';
import { pause } from './operations/five-moves.ts';
import type { PacketFilter } from './packet-filter.ts';
import { removalOf } from './packet-rules.ts';
import { BUNDLE_PATH } from './places.ts';
import { inNetworkOf, startProgram, type Waiting, WORD_MS_MAX } from './programs.ts';
import { PROGRAM_GROUP } from './redirect-rules.ts';
import { type RuleSetter, ruleSetter } from './rule-setter.ts';
import type { Network } from './whereabouts.ts';

const RULES_GO_WITHIN_MS = 5_000;
/** Beyond the time it was given to drain, how long a program may take to end. */
const ENDING_MS = 1_000;

export interface InterceptionOptions {
  readonly ground: Ground;
  /** One of the programs of the agent's bundle. */
  readonly program: string;
  /** The program's first line of input. */
  orders(network: Network): Promise<object>;
  /** The rules, of what the program said when it was ready; after a restart of the agent, of nothing. */
  rules(family: Family, ready: unknown): string;
  /** How long the program may go on with what it holds after the undo. */
  readonly drainMs: number;
  /** Commands that make the kernel forget flows which it would go on leading as before: once the rules are set, and once they are gone. */
  readonly forgetting?: (ready: unknown) => { readonly set: readonly (readonly string[])[]; readonly gone: readonly (readonly string[])[] };
}

export interface Interception {
  /** Starts the program, and all that has to wait beside it; answers with what the program said when it was ready. */
  start(network: Network, signal: AbortSignal): Promise<unknown>;
  /** Sets the rules; starts the program first where the container was restarted since. */
  set(network: Network, signal: AbortSignal): Promise<bigint>;
  /** Makes the kernel forget flows that began before the rules. Of many targets, this is for when the rules of all are set: it takes longer than they do. */
  forgetEarlier(network: Network): Promise<void>;
  /** An order to the program, and its answer. Throws where it has died. */
  ask(order: string): Promise<unknown>;
  /** Starts what takes the rules away, so that it waits. */
  prepareUndo(network: Network): void;
  /** Takes the rules away, and lets the program drain. */
  remove(network: Network | undefined, signal: AbortSignal): Promise<Removed>;
  /** Ends what was started, where nothing was touched. */
  drop(): void;
  /** Waits for the program to end; throws where a rule of ours is left. */
  readBack(network: Network | undefined, signal: AbortSignal): Promise<string>;
}

export interface Removed {
  /** When the rules were gone; undefined where the container does not run. */
  readonly atNs: bigint | undefined;
  /** What the program said last; undefined where there was none, or none any more. */
  readonly last: unknown;
  /** For people, where it was started and has died before its undo. */
  readonly died: string | undefined;
}

interface Standing {
  readonly namespace: string;
  readonly program: Waiting;
  readonly setter: RuleSetter;
  readonly will: LastWill;
  readonly flows: Flows;
}

/** What forgets flows: once the rules are set, and once they are gone. */
interface Flows {
  readonly set: FlowForgetter;
  readonly gone: FlowForgetter;
}

export function interception(options: InterceptionOptions): Interception {
  const { ground, drainMs, forgetting } = options;
  let standing: Standing | undefined;
  let inForce = false;
  const flowsOf = (ready: unknown): Flows => {
    const { set = [], gone = [] } = forgetting?.(ready) ?? {};
    return { set: flowForgetter(set), gone: flowForgetter(gone) };
  };
  const setterOf = (filter: PacketFilter, ready: unknown) => ruleSetter(filter, ground.tag, (family) => options.rules(family, ready));
  const drop = () => {
    standing?.program.kill();
    standing?.setter.drop();
    standing?.will.revoke();
    standing?.flows.set.drop();
    standing?.flows.gone.drop();
    standing = undefined;
  };
  /** What leads to a program that is dead must not stay until the undo. */
  const goWith = ({ program, setter, flows }: Standing, network: Network) => {
    void program.ended.then(async () => {
      if (!inForce) return;
      await setter.remove(network, AbortSignal.timeout(RULES_GO_WITHIN_MS)).catch(() => {});
      await flows.gone.forget(network);
    });
  };

  async function start(network: Network, signal: AbortSignal): Promise<unknown> {
    drop();
    const filter = await ground.filter();
    const orders = await options.orders(network);
    const program = startProgram(inNetworkOf(network.pid, asOurGroup([process.execPath, BUNDLE_PATH, options.program])));
    const kill = () => program.kill();
    signal.addEventListener('abort', kill, { once: true });
    try {
      program.write(`${JSON.stringify(orders)}\n`);
      return await standBeside(program, JSON.parse(await program.line(WORD_MS_MAX)), { network, filter, signal });
    } catch (error) {
      // Nobody would know of it any more.
      kill();
      throw error;
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  /** Makes ready, beside a program that listens, what leads to it and what takes that away again; answers with what the program said. */
  async function standBeside(
    program: Waiting,
    ready: unknown,
    { network, filter, signal }: { readonly network: Network; readonly filter: PacketFilter; readonly signal: AbortSignal },
  ): Promise<unknown> {
    const rules = (family: Family) => options.rules(family, ready);
    assertTellable(network, rules(4));
    // The port is another in each target; one trial is enough for all of them.
    await filter.assertTakes((family) => rules(family).replaceAll(/--to-ports \d+/g, '--to-ports 1'), ground.tag, signal);
    const setter = setterOf(filter, ready);
    setter.prepare(network);
    const bequests = filter.families.map((family) => ({ command: filter.restoring(family), input: removalOf(rules(family)) }));
    const forgotten = (forgetting?.(ready).gone ?? []).map((command) => ({ command, input: '' }));
    const will = leaveWill(network.pid, [...bequests, ...forgotten]);
    const flows = flowsOf(ready);
    flows.set.prepare(network);
    standing = { namespace: network.namespace, program, setter, will, flows };
    goWith(standing, network);
    return ready;
  }

  return {
    start,
    drop,
    prepareUndo(network) {
      standing?.setter.prepareRemoval(network);
      standing?.flows.gone.prepareIfRoom(network);
    },
    async set(network, signal) {
      if (standing?.namespace !== network.namespace || !standing.program.alive()) await start(network, signal);
      if (!standing) throw new Error('it was not armed');
      inForce = true;
      return standing.setter.set(network, signal);
    },
    forgetEarlier: async (network) => standing?.flows.set.forget(network),
    async ask(order) {
      if (!standing?.program.alive()) throw new Error('the program has died, and its rules went with it: connections go their own way');
      standing.program.write(`${order}\n`);
      return JSON.parse(await standing.program.line(WORD_MS_MAX));
    },
    async remove(network, signal) {
      const died = inForce && standing?.program.alive() === false ? 'the program had died, and its rules went with it' : undefined;
      inForce = false;
      const setter = standing?.setter ?? setterOf(await ground.filter(), undefined);
      const atNs = await setter.remove(network, signal);
      if (network) await (standing?.flows ?? flowsOf(undefined)).gone.forget(network);
      const { program, will } = standing ?? {};
      will?.revoke();
      program?.write('off\n');
      return { atNs, died, last: program?.alive() ? JSON.parse(await program.line(WORD_MS_MAX).catch(() => '{}')) : undefined };
    },
    async readBack(network, signal) {
      const program = standing?.program;
      if (program?.alive()) {
        await Promise.race([program.ended, pause(drainMs + ENDING_MS, signal)]);
        program.kill();
        await program.ended;
      }
      return (standing?.setter ?? setterOf(await ground.filter(), undefined)).readBack(network, signal);
    },
  };
}

/** Changing the group takes a program's parent-death signal away, so that it is asked for again. */
function asOurGroup(command: readonly string[]): readonly string[] {
  return ['setpriv', '--regid', String(PROGRAM_GROUP), '--clear-groups', '--pdeathsig', 'KILL', '--', ...command];
}

/** In a user namespace of its own the kernel matches nobody's group, so that what the program sends would be led back to it. */
function assertTellable(network: Network, rules: string): void {
  if (!rules.includes('--gid-owner')) return;
  if (readlinkSync(`/proc/${network.pid}/ns/user`) === readlinkSync('/proc/self/ns/user')) return;
  throw new Error('it has a user namespace of its own, where the kernel cannot tell what our program sends from what the container sends');
}
