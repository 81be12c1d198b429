/**
 * The text of our packet rules, for iptables-restore, and of taking them away again. Pure. Ours are the chains whose
 * name begins with the operation's tag, and the jumps to them; nothing else is ever flushed, deleted or reordered.
 */
import { type Channel, channelRules, type Family } from './channel.ts';
import { hex } from './packet-marks.ts';

/** Nobody listens on this queue, so that what is sent to it vanishes without a word. */
export const DARK_QUEUE = 64_901;
export const CHAIN_PREFIX = 'FIREDRILL-';

/** The channel is silent. DROP in OUTPUT would tell a UDP sender EPERM at once; a queue that nobody listens on tells nothing. */
export function blackoutRules(family: Family, tag: string, channel: Channel): string {
  return channelRules(family, channel, {
    tag,
    table: 'filter',
    out: { hook: 'OUTPUT', rules: [`-j NFQUEUE --queue-num ${DARK_QUEUE}`] },
    in: { hook: 'INPUT', rules: ['-j DROP'] },
  });
}

export interface ImpairRules {
  readonly tag: string;
  readonly channel: Channel;
  readonly queue: number;
  /** Bits of packet-marks.ts. */
  readonly done: number;
  readonly fresh: number;
}

/**
 * What is exchanged on the channel goes through the impairer's queue; where nobody listens on it, packets pass. What
 * is sent is taken before anything else has its say (what is late is sent anew, marked, and goes its whole way then).
 * Packets that the impairer let go are counted once, by the bit that is cleared thereby.
 */
export function impairRules(family: Family, { tag, channel, queue, done, fresh }: ImpairRules): string {
  const rules = [`-j NFQUEUE --queue-num ${queue} --queue-bypass`];
  return channelRules(family, channel, {
    tag,
    table: 'mangle',
    first: [
      `-m mark --mark ${hex(fresh)}/${hex(fresh)} -j MARK --set-xmark 0x0/${hex(fresh)}`,
      `-m mark --mark ${hex(done)}/${hex(done)} -j RETURN`,
    ],
    out: { hook: 'OUTPUT', rules },
    in: { hook: 'INPUT', rules },
  });
}

/** Who sends on the channel by TCP is answered with a reset in the other's name. A reset itself always passes, or it would not arrive. */
export function resetRules(family: Family, tag: string, channel: Channel): string {
  const rules = ['-p tcp -j REJECT --reject-with tcp-reset'];
  return channelRules(family, channel, {
    tag,
    table: 'filter',
    first: ['-p tcp -m tcp --tcp-flags RST RST -j RETURN'],
    out: { hook: 'OUTPUT', rules },
    in: { hook: 'INPUT', rules },
  });
}

/** Takes away exactly what these rules set, assuming that all of it is there. */
export function removalOf(rules: string): string {
  const tables = rules.split('\n').filter((line) => line.startsWith('*'));
  const jumps = [...rules.matchAll(/^-I (\S+) 1 (.+)$/gm)].map(([, chain, rest]) => `-D ${chain} ${rest}`);
  const chains = [...rules.matchAll(/^:(\S+)/gm)].map(([, chain]) => chain);
  return lines([...tables, ...jumps, ...chains.map((chain) => `-F ${chain}`), ...chains.map((chain) => `-X ${chain}`), 'COMMIT']);
}

/** From the text of iptables-save: what takes away every chain of the prefix and every jump to one; empty when there is none. */
export function removalFromSaved(saved: string, prefix: string): string {
  return saved
    .split(/^(?=\*)/m)
    .map((table) => removalFromTable(table, prefix))
    .join('');
}

function removalFromTable(table: string, prefix: string): string {
  const ours = [...table.matchAll(/^:(\S+)/gm)].flatMap(([, chain]) => (chain?.startsWith(prefix) ? [chain] : []));
  if (ours.length === 0) return '';
  const jumps = savedRules(table).filter((rule) => !ours.includes(rule.chain) && ours.some((chain) => rule.rest.endsWith(`-j ${chain}`)));
  return lines([
    table.split('\n')[0] ?? '',
    ...jumps.map((rule) => `-D ${rule.chain} ${rule.rest}`),
    ...ours.map((chain) => `-F ${chain}`),
    ...ours.map((chain) => `-X ${chain}`),
    'COMMIT',
  ]);
}

/** Chains of the prefix in the text of iptables-save. */
export function chainsIn(saved: string, prefix: string): readonly string[] {
  return [...saved.matchAll(/^:(\S+)/gm)].flatMap(([, chain]) => (chain?.startsWith(prefix) ? [chain] : []));
}

/** Packets that something was done to, by rules of the tag, from the text of iptables-save with counters: all, or those of one direction. */
export function packetsTaken(saved: string, tag: string, way: 'IN' | 'OUT' | undefined = undefined): number {
  const chains = way === undefined ? [`${tag}-OUT-ACT`, `${tag}-IN-ACT`] : [`${tag}-${way}-ACT`];
  return savedRules(saved)
    .filter((rule) => chains.includes(rule.chain) && !rule.rest.endsWith('-j RETURN'))
    .reduce((sum, rule) => sum + rule.packets, 0);
}

/** Packets that an impairer let go: those that the rules of the tag counted as fresh. */
export function packetsPassed(saved: string, tag: string): number {
  return savedRules(saved)
    .filter((rule) => rule.chain.startsWith(`${tag}-`) && rule.rest.includes('-j MARK'))
    .reduce((sum, rule) => sum + rule.packets, 0);
}

/** The same in bytes, IP headers included, by direction. */
export function bytesPassed(saved: string, tag: string): { readonly in: number; readonly out: number } {
  const by = (way: string) =>
    savedRules(saved)
      .filter((rule) => rule.chain === `${tag}-${way}` && rule.rest.includes('-j MARK'))
      .reduce((sum, rule) => sum + rule.bytes, 0);
  return { in: by('IN'), out: by('OUT') };
}

interface SavedRule {
  readonly chain: string;
  readonly rest: string;
  readonly packets: number;
  readonly bytes: number;
}

function savedRules(saved: string): readonly SavedRule[] {
  return [...saved.matchAll(/^(?:\[(\d+):(\d+)\] )?-A (\S+) (.+)$/gm)].map(([, packets = '0', bytes = '0', chain = '', rest = '']) => ({
    chain,
    rest: rest.trimEnd(),
    packets: Number(packets),
    bytes: Number(bytes),
  }));
}

function lines(each: readonly string[]): string {
  return `${each.join('\n')}\n`;
}
