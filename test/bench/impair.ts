/** How exactly packets are impaired, and what the impairer costs: accuracy of latency and loss, packets a second, and what it adds when it does nothing. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EVERYTHING } from '../../runners/agent/channel.ts';
import type { AgentClient } from '../../runners/agent/client.ts';
import type { Effect } from '../../runners/agent/impairment.ts';
import { type Actor, inside, openStage, type Stage } from '../helpers/agent-stage.ts';
import { quantile, round, table } from './table.ts';

const DELAYS_MS = [1, 10, 100, 1000, 20_000];
const LOSSES: readonly (readonly [share: number, burst?: number])[] = [[0.001], [0.01], [0.1], [0.5], [0.05, 10]];
/** Datagrams of one reading: enough to tell a loss of 0.1 % from none. */
const LOSS_DATAGRAMS = 20_000;
const DELAY_DATAGRAMS = 300;
const PINGS = 3000;
const FLOOD_S = 4;
/** Standard deviations that chance may take a share off by. */
const DEVIATIONS = 3;
const BUFFER_BYTES = 256 * 1024 * 1024;

/** Sends datagrams of 64 bytes to its address's port 7001 for so many seconds, as fast as it can; prints how many. */
const FLOOD = `
socket(S, PF_INET, SOCK_DGRAM, 0); connect(S, pack_sockaddr_in(7001, inet_aton($ARGV[0])));
my ($n, $text) = (0, 'x' x 64); my $end = time + 1; 1 while time < $end; $end += $ARGV[1];
while (time < $end) { for (1 .. 200) { $n++ if send(S, $text, 0) } }
sleep 1; print $n;
`;

interface Told {
  /** Answers: round trips in ms, in order of their coming. */
  readonly ms: readonly number[];
  /** Numbers that were not answered. */
  readonly missing: readonly number[];
}

interface Bench {
  readonly stage: Stage;
  readonly agent: AgentClient;
  readonly echo: Actor;
  readonly sender: Actor;
}

const nothing: Effect = { kind: 'delay', delayMs: 0, jitterMs: 0, distribution: 'uniform', correlation: 0, bufferBytesMax: BUFFER_BYTES };
const delayOf = (delayMs: number): Effect => ({ ...nothing, delayMs });
const lossOf = ([share, burst]: (typeof LOSSES)[number]): Effect => ({ kind: 'loss', share, ...(burst === undefined ? {} : { burst }) });

export async function benchImpair(print: (text: string) => void): Promise<void> {
  const stage = await openStage('bench-impair');
  try {
    const [echo, sender] = await Promise.all([
      stage.echo('echo'),
      stage.start('sender', { Entrypoint: ['sleep', '3600'], HostConfig: { CapAdd: ['NET_ADMIN'] } }),
    ]);
    const effects: Record<string, Effect> = { nothing, 'delay-flood': delayOf(1) };
    for (const delayMs of DELAYS_MS) effects[`delay-${delayMs}`] = delayOf(delayMs);
    for (const [index, loss] of LOSSES.entries()) effects[`loss-${index}`] = lossOf(loss);
    const faults = Object.entries(effects).map(([fault, effect]) => ({
      fault,
      operations: [
        {
          op: 'impair' as const,
          container: sender.ref,
          channel: { ...EVERYTHING, direction: 'out' as const },
          effect,
          mechanism: 'nfqueue' as const,
        },
      ],
    }));
    const bench = { stage, echo, sender, agent: await stage.agent('bench-impair', faults) };
    await latencies(bench, print);
    await losses(bench, print);
    await costs(bench, print);
    await bench.agent.leave();
  } finally {
    await stage.remove();
  }
}

/** What is sent while the effect is in force; `between` packets it waits so many ms, and at the end for late answers. */
async function talk({ stage, echo, sender }: Bench, kind: 'series' | 'pings' | 'bursts', count: number, waitMs: number): Promise<Told> {
  const script = await readFile(fileURLToPath(new URL('datagrams.mjs', import.meta.url)), 'utf8');
  const said = await inside(stage.docker, sender.container, [
    'node',
    '--input-type=module',
    '-e',
    script,
    echo.address,
    kind,
    String(count),
    String(waitMs),
  ]);
  return JSON.parse(said) as Told;
}

async function under<T>({ agent }: Bench, fault: string, measure: () => Promise<T>): Promise<T> {
  for (const move of ['arm', 'inject'] as const) {
    const [result] = await agent[move](fault);
    if (result?.error !== undefined) throw new Error(`${fault}: ${result.error}`);
  }
  try {
    return await measure();
  } finally {
    await agent.undo(fault);
  }
}

async function latencies(bench: Bench, print: (text: string) => void): Promise<void> {
  const row = (asked: number | string, delayMs: number, bareMs: number, { ms }: Told) => {
    const off = ms.map((each) => each - bareMs - delayMs);
    const limitMs = Math.max(2, delayMs * 0.02);
    const within = off.filter((each) => Math.abs(each) <= limitMs).length / DELAY_DATAGRAMS;
    const errors = [quantile(off, 0.5), quantile(off, 0.99), Math.max(...off)].map((each) => round(each, 2));
    return [asked, ms.length, ...errors, limitMs, `${round(within * 100)} %`];
  };
  const bare = await talk(bench, 'series', DELAY_DATAGRAMS, 200);
  const bareMs = quantile(bare.ms, 0.5);
  const rows = [row('none', 0, bareMs, bare)];
  for (const delayMs of DELAYS_MS) {
    const told = await under(bench, `delay-${delayMs}`, () => talk(bench, 'series', DELAY_DATAGRAMS, delayMs + 500));
    rows.push(row(delayMs, delayMs, bareMs, told));
  }
  print(`Latency asked for and seen, ${DELAY_DATAGRAMS} datagrams each, 5 ms apart; a round trip takes ${round(bareMs, 2)} ms without.\n`);
  print(table(['asked ms', 'answers', 'error p50 ms', 'error p99 ms', 'error max ms', 'limit ms', 'within'], rows));
  print('');
}

async function losses(bench: Bench, print: (text: string) => void): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const [index, [share, burst]] of LOSSES.entries()) {
    const sent = LOSS_DATAGRAMS;
    const { missing } = await under(bench, `loss-${index}`, () => talk(bench, 'bursts', sent, 500));
    const runs = missing.filter((number, at) => missing[at - 1] !== number - 1).length;
    const spread = burst === undefined ? 1 : Math.sqrt(2 * burst);
    const bound = DEVIATIONS * spread * Math.sqrt((share * (1 - share)) / sent);
    const seen = missing.length / sent;
    const row = [`${share * 100} %`, burst ?? '–', sent, `${round(seen * 100, 3)} %`, `${round(bound * 100, 3)} %`];
    rows.push([...row, Math.abs(seen - share) <= bound ? 'yes' : 'no', round(missing.length / Math.max(1, runs), 2)]);
  }
  print('Loss asked for and seen by the sender, who numbers its datagrams; ± is three standard deviations.\n');
  print(table(['asked', 'burst', 'sent', 'lost', '±', 'within', 'lost in a row'], rows));
  print('');
}

async function costs(bench: Bench, print: (text: string) => void): Promise<void> {
  const { stage, sender, echo } = bench;
  const measure = async () => {
    const { ms } = await talk(bench, 'pings', PINGS, 200);
    const began = await arrived(bench);
    const sent = Number(await inside(stage.docker, sender.container, ['perl', '-MSocket', '-e', FLOOD, echo.address, String(FLOOD_S)]));
    return { ms, sent, arrived: (await arrived(bench)) - began };
  };
  const rows: (string | number)[][] = [];
  for (const [name, fault] of [
    ['none', undefined],
    ['does nothing', 'nothing'],
    ['delays by 1 ms', 'delay-flood'],
  ] as const) {
    const { ms, sent, arrived: came } = fault === undefined ? await measure() : await under(bench, fault, measure);
    rows.push([name, round(quantile(ms, 0.5), 3), round(quantile(ms, 0.99), 3), Math.round(sent / FLOOD_S), Math.round(came / FLOOD_S)]);
  }
  print(
    `Cost of the impairer: round trips one after the other (${PINGS}), and datagrams of 64 bytes as fast as one sender can for ${FLOOD_S} s.\n`,
  );
  print(table(['impairer', 'round trip p50 ms', 'p99 ms', 'sent/s', 'arrived/s'], rows));
}

/** Datagrams that reached the other end, read or not, by its kernel's count. */
async function arrived({ stage, echo }: Bench): Promise<number> {
  const text = await inside(stage.docker, echo.container, ['cat', '/proc/net/snmp']);
  const [names = [], values = []] = text.split('\n').flatMap((line) => (line.startsWith('Udp:') ? [line.split(' ')] : []));
  const of = (name: string) => Number(values[names.indexOf(name)]);
  return of('InDatagrams') + of('InErrors');
}
