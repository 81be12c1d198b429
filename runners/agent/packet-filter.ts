/**
 * The kernel's packet filter, by the iptables variant that works on this host. Rules are tried in the agent's own, empty
 * network namespace; the first variant that takes our rules serves all targets. nft comes first: it loads its modules
 * by itself, and it is what present-day engines write.
 */
import { EVERYTHING, type Family } from './channel.ts';
import { blackoutRules, impairRules, removalFromSaved, removalOf } from './packet-rules.ts';
import { inNetworkOf, runProgram, startProgram, type Waiting } from './programs.ts';

const VARIANTS = ['nft', 'legacy'] as const;
type Variant = (typeof VARIANTS)[number];

/** Longest wait for the legacy variant's file lock, which other programs in the agent's container hold for milliseconds. */
const LOCK_WAIT_S = 5;

/** In the names of chains that are only tried. */
const TRIAL_TAG = 'FIREDRILL-00000000';

export interface PacketFilter {
  readonly variant: Variant;
  /** 6 is missing where the kernel has no IPv6. */
  readonly families: readonly Family[];
  /** Tries rules in the agent's own, empty namespace, each text once; throws with the kernel's word where it does not take them. */
  assertTakes(rulesOf: (family: Family) => string, tag: string, signal: AbortSignal): Promise<void>;
  /** The command that sets rules from text on its input, beside those that are there. */
  restoring(family: Family): readonly string[];
  /** Starts a restore in the process's network namespace; it waits for its text. */
  prepare(pid: number, family: Family): Waiting;
  /** The rules as text, with counters. */
  saved(pid: number, family: Family, signal: AbortSignal): Promise<string>;
  /** Takes away every chain whose name begins with the prefix; doing so where there is none is fine. */
  remove(pid: number, prefix: string, signal: AbortSignal): Promise<void>;
}

/** Finds the variant that takes our rules on this host; throws with what each one said where none does. */
export async function findPacketFilter(signal: AbortSignal): Promise<PacketFilter> {
  const said: string[] = [];
  for (const variant of VARIANTS) {
    const tried = await Promise.all(([4, 6] as const).map((family) => tryRules(variant, family, basicRules(family), signal)));
    if (tried[0] === undefined) return packetFilter(variant, tried[1] === undefined ? [4, 6] : [4]);
    said.push(`${variant}: ${tried[0]}`);
  }
  throw new Error(`this kernel takes none of our packet rules (${said.join('; ')})`);
}

function basicRules(family: Family): readonly string[] {
  return [
    blackoutRules(family, TRIAL_TAG, { ...EVERYTHING, spare: ['192.0.2.1', '2001:db8::1'] }),
    impairRules(family, { tag: TRIAL_TAG, channel: { ...EVERYTHING, ports: [1] }, queue: 1, done: 1, fresh: 2 }),
  ];
}

/** Sets and takes away rules in the agent's own namespace; undefined when that works, else what was said. */
async function tryRules(variant: Variant, family: Family, rules: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  const restore = [program(variant, family, 'restore'), '--noflush', ...lockWait(variant)];
  for (const text of [...rules, ...rules.map(removalOf)]) {
    const ran = await runProgram(restore, signal, text);
    if (ran.code !== 0) return ran.stderr.trim().split('\n')[0] ?? `exit ${ran.code}`;
  }
  return undefined;
}

function packetFilter(variant: Variant, families: readonly Family[]): PacketFilter {
  const restoring = (family: Family) => [program(variant, family, 'restore'), '--noflush', ...lockWait(variant)];
  const prepare = (pid: number, family: Family) => startProgram(inNetworkOf(pid, restoring(family)));
  const saved = async (pid: number, family: Family, signal: AbortSignal) => {
    const ran = await runProgram(inNetworkOf(pid, [program(variant, family, 'save'), '--counters']), signal);
    if (ran.code !== 0) throw new Error(`reading the rules (IPv${family}) failed: ${ran.stderr.trim()}`);
    return ran.stdout;
  };
  /** By text: what came of it. One after the other, for they all stand in the same namespace. */
  const trials = new Map<string, Promise<string | undefined>>();
  let last: Promise<unknown> = Promise.resolve();
  const tried = (family: Family, text: string, signal: AbortSignal) => {
    const key = `${family} ${text}`;
    const before = last;
    const trial = trials.get(key) ?? before.then(() => tryRules(variant, family, [text], signal));
    trials.set(key, trial);
    // A trial that was cut short tells nothing.
    trial.then(
      () => signal.aborted && trials.delete(key),
      () => {},
    );
    last = trial;
    return trial;
  };
  return {
    variant,
    families,
    async assertTakes(rulesOf, tag, signal) {
      const said = await Promise.all(families.map((family) => tried(family, rulesOf(family).replaceAll(tag, TRIAL_TAG), signal)));
      const refused = said.filter((each) => each !== undefined);
      if (refused.length > 0) throw new Error(`this kernel does not take the rules that are needed: ${refused.join('; ')}`);
    },
    restoring,
    prepare,
    saved,
    async remove(pid, prefix, signal) {
      await Promise.all(
        families.map(async (family) => {
          const text = removalFromSaved(await saved(pid, family, signal), prefix);
          if (text === '') return;
          const ran = await runProgram(inNetworkOf(pid, restoring(family)), signal, text);
          if (ran.code !== 0) throw new Error(`taking our rules away (IPv${family}) failed: ${ran.stderr.trim()}`);
        }),
      );
    },
  };
}

function program(variant: Variant, family: Family, verb: 'restore' | 'save'): string {
  return `${family === 4 ? 'iptables' : 'ip6tables'}-${variant}-${verb}`;
}

function lockWait(variant: Variant): readonly string[] {
  return variant === 'legacy' ? ['--wait', String(LOCK_WAIT_S)] : [];
}
