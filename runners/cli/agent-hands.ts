/** The conductor's hands: the agent of this run, and a fresh one for what a lost agent left behind. */
import type Docker from 'dockerode';
import { startAgent } from '../agent/client.ts';
import type { Follow } from '../agent/following.ts';
import { agentImage } from '../agent/image.ts';
import type { Orders } from '../agent/orders.ts';
import { findAgents, type Sweep, startSweeper, sweepAgent } from '../agent/remains.ts';
import { tagOf } from '../docker/images.ts';
import { LABEL } from '../docker/labels.ts';
import type { Plan } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { ConductOptions } from '../runbook/conduct.ts';
import type { Hands } from '../runbook/hands.ts';
import { isRunners } from '../runbook/runner-hands.ts';
import type { Stop } from '../runbook/stop.ts';

export interface HandsOptions {
  readonly docker: Docker;
  readonly plan: Plan;
  readonly journal: Journal;
  readonly runId: string;
  readonly leaseMs: number;
  readonly lockName: string;
}

export function agentHands(options: HandsOptions): Pick<ConductOptions, 'startHands' | 'undoWithoutHands'> {
  const { docker, plan, journal, runId } = options;
  const orders: Orders = {
    runId,
    leaseMs: options.leaseMs,
    lock: options.lockName,
    faults: plan.faults.filter((fault) => !isRunners(fault)).map((fault) => fault.operations),
  };
  const followed: Follow[] = [];
  return {
    async startHands() {
      let toldToStop = false;
      const agent = await startAgent({
        docker,
        image: tagOf(agentImage),
        orders,
        name: `firedrill-agent-${runId}`,
        labels: { [LABEL.run]: runId, [LABEL.role]: 'agent' },
        onNotice: (notice) => {
          if (notice.notice !== 'undoing') return;
          toldToStop = notice.because === 'signal';
          journal.append({ type: 'note', level: 'warning', text: `the agent undoes by itself: ${notice.because}` });
        },
      });
      const lost = agent.lost.then((detail): Stop => ({ because: toldToStop ? 'emergency' : 'agent-lost', detail }));
      const follow: Hands['follow'] = (fault, from, to) => {
        followed.push({ fault, from, to });
        return agent.follow(fault, from, to);
      };
      return { ...agent, follow, lost };
    },
    async undoWithoutHands() {
      const swept = await sweepLost(docker, { ...orders, followed });
      const undone = swept.notices.flatMap((each) => (each.notice === 'undone' ? [each.fault] : []));
      const detail = swept.clean ? 'what the lost agent may have left was undone and read back' : 'not everything could be undone';
      return { clean: swept.clean, undone, detail };
    },
  };
}

/** A lost agent that is still to be found undoes by itself, or its memory is gone by; where there is none, a fresh one undoes its orders. */
async function sweepLost(docker: Docker, orders: Orders): Promise<Sweep> {
  const agents = (await findAgents(docker)).filter((each) => each.runId === orders.runId);
  if (agents.length === 0) return startSweeper(docker, tagOf(agentImage), orders);
  const swept = await Promise.all(agents.map(({ id }) => sweepAgent(docker, tagOf(agentImage), id)));
  return { clean: swept.every(({ clean }) => clean), notices: swept.flatMap(({ notices }) => notices) };
}
