/** The conductor's hands: an agent on each engine of this run, as one; and what undoes what a lost agent left behind. */
import type Docker from 'dockerode';
import { formatMs } from '../../experiments/language/duration.ts';
import { type AgentClient, startAgent } from '../agent/client.ts';
import type { Follow } from '../agent/following.ts';
import { agentImage } from '../agent/image.ts';
import { keepOrders } from '../agent/kept-orders.ts';
import type { Orders } from '../agent/orders.ts';
import type { OperationResult } from '../agent/protocol.ts';
import { findAgents, readMemory, type Sweep, startSweeper, sweepAgent } from '../agent/remains.ts';
import type { NamedEngine } from '../docker/engines.ts';
import { tagOf } from '../docker/images.ts';
import { LABEL } from '../docker/labels.ts';
import type { Plan } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import { monotonicClock } from '../runbook/clock.ts';
import type { ConductOptions } from '../runbook/conduct.ts';
import type { Hands } from '../runbook/hands.ts';
import { isRunners } from '../runbook/runner-hands.ts';
import type { Stop } from '../runbook/stop.ts';
import { ordersOf } from './engine-orders.ts';
import { AWAY_MS_MAX, outlastOutage } from './engine-outage.ts';
import type { RunLocks } from './run-locks.ts';

export interface HandsOptions {
  readonly engines: readonly NamedEngine[];
  readonly plan: Plan;
  readonly journal: Journal;
  readonly runId: string;
  readonly leaseMs: number;
  readonly locks: Pick<RunLocks, 'name' | 'besides'>;
}

/** One engine's part of the work. */
interface Hand {
  readonly engine: NamedEngine;
  readonly orders: Orders;
  readonly followed: Follow[];
}

export function agentHands(options: HandsOptions): Pick<ConductOptions, 'startHands' | 'undoWithoutHands'> {
  const { plan, runId, leaseMs, locks } = options;
  const faults = plan.faults.filter((fault) => !isRunners(fault)).map((fault) => fault.operations);
  const all = options.engines.map(
    (engine): Hand => ({
      engine,
      orders: { runId, leaseMs, lock: locks.name, otherLocks: locks.besides(engine.name), faults: ordersOf(faults, engine.name) },
      followed: [],
    }),
  );
  // An engine that is only looked at needs no agent; a run without faults has one all the same, as its dead man's switch.
  const busy = all.filter(({ orders }) => orders.faults.length > 0);
  const hands = busy.length > 0 ? busy : all.slice(0, 1);
  return {
    async startHands() {
      const started = await Promise.allSettled(hands.map((hand) => startHand(hand, options)));
      const agents = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      const failed = started.find((each) => each.status === 'rejected');
      if (!failed) return together(agents);
      await Promise.allSettled(agents.map(({ agent }) => agent.leave()));
      throw failed.reason;
    },
    async undoWithoutHands() {
      const swept = await Promise.all(hands.map((hand) => sweepLost(hand, options.journal).catch(failedSweep)));
      const clean = swept.every((each) => each.clean);
      const undone = swept.flatMap(({ notices }) => notices.flatMap((each) => (each.notice === 'undone' ? [each.fault] : [])));
      const detail = clean ? 'what the lost agent may have left was undone and read back' : 'not everything could be undone';
      return { clean, undone, detail };
    },
  };
}

function failedSweep(): Sweep {
  return { clean: false, notices: [] };
}

interface StartedHand extends Hand {
  readonly agent: AgentClient;
  readonly lost: Promise<Stop>;
}

async function startHand(hand: Hand, { journal, runId }: HandsOptions): Promise<StartedHand> {
  const { engine, orders } = hand;
  const where = engine.name === undefined ? '' : ` on ${engine.name}`;
  let toldToStop = false;
  await keepOrders(engine.docker, orders);
  const agent = await startAgent({
    docker: engine.docker,
    image: tagOf(agentImage),
    orders,
    name: `firedrill-agent-${runId}`,
    labels: { [LABEL.run]: runId, [LABEL.role]: 'agent' },
    onNotice: (notice) => {
      if (notice.notice !== 'undoing') return;
      toldToStop = notice.because === 'signal';
      journal.append({ type: 'note', level: 'warning', text: `the agent${where} undoes by itself: ${notice.because}` });
    },
  });
  const lost = agent.lost.then((detail): Stop => ({ because: toldToStop ? 'emergency' : 'agent-lost', detail: `${detail}${where}` }));
  return { ...hand, agent, lost };
}

type Move = 'arm' | 'inject' | 'prove' | 'undo' | 'readBack';

/** All agents as one: a move goes to every engine that has a part in the fault, at once, and instants are put on the runner's clock. */
function together(started: readonly StartedHand[]): Hands {
  const onOurClock = ({ agent }: StartedHand, results: readonly OperationResult[]) =>
    results.map((result) => ({ ...result, atNs: String(agent.toRunnerNs(result.atNs)) }));
  const concerned = (fault: string) => started.filter(({ orders }) => orders.faults.some((each) => each.fault === fault));
  const move = (name: Move) => async (fault: string) => {
    const [only, ...others] = concerned(fault);
    if (only && others.length === 0) return onOurClock(only, await only.agent[name](fault));
    const results = await Promise.all(
      concerned(fault).map((hand) => hand.agent[name](fault).then((each) => onOurClock(hand, each), failedOn(hand))),
    );
    return results.flat();
  };
  return {
    arm: move('arm'),
    inject: move('inject'),
    prove: move('prove'),
    undo: move('undo'),
    readBack: move('readBack'),
    async follow(follow) {
      const { engine: on } = follow.to;
      const hand = started.find(({ engine }) => engine.name === on);
      if (!hand) throw new Error(`no agent is on the engine ${on}`);
      hand.followed.push(follow);
      return onOurClock(hand, await hand.agent.follow(follow));
    },
    toRunnerNs: (atNs) => BigInt(atNs),
    async leave() {
      await Promise.all(started.map(({ agent }) => agent.leave()));
    },
    lost: Promise.race(started.map(({ lost }) => lost)),
  };
}

/** One engine that fails never hides what the others came to. */
function failedOn({ engine }: StartedHand) {
  return (error: unknown): readonly OperationResult[] => [
    {
      container: engine.name ?? 'the engine of the environment',
      ok: false,
      atNs: String(process.hrtime.bigint()),
      tookMs: 0,
      error: error instanceof Error ? error.message : String(error),
    },
  ];
}

/**
 * A lost agent that is still to be found undoes by itself, or its memory is gone by; where there is none, a fresh one undoes its orders. With the
 * agent the engine may be lost, and is waited for.
 */
function sweepLost({ engine, orders, followed }: Hand, journal: Journal): Promise<Sweep> {
  const { docker, name } = engine;
  const which = name === undefined ? 'the engine' : `the engine ${name}`;
  const text = `${which} does not answer; for ${formatMs(AWAY_MS_MAX)} at most it is waited for, to see that everything is undone`;
  return outlastOutage(() => sweepOn(docker, { ...orders, followed }), {
    docker,
    clock: monotonicClock(process.hrtime.bigint()),
    onAway: () => journal.append({ type: 'note', level: 'warning', text }),
  });
}

async function sweepOn(docker: Docker, orders: Orders): Promise<Sweep> {
  const agents = (await findAgents(docker)).filter((each) => each.runId === orders.runId);
  const swept = (await Promise.all(agents.map(({ id }) => sweepAgent(docker, tagOf(agentImage), id)))).filter((each) => each !== undefined);
  // One that is being removed is still listed, and tells nothing any more.
  if (swept.length === 0) return startSweeper(docker, tagOf(agentImage), orders, await readMemory(docker, orders.lock));
  return { clean: swept.every(({ clean }) => clean), notices: swept.flatMap(({ notices }) => notices) };
}
