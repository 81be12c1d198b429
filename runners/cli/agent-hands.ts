/** The conductor's hands: the agent of this run, and a fresh one for what a lost agent left behind. */
import type Docker from 'dockerode';
import { startAgent } from '../agent/client.ts';
import { agentImage } from '../agent/image.ts';
import type { Orders } from '../agent/orders.ts';
import { startSweeper } from '../agent/remains.ts';
import { tagOf } from '../docker/images.ts';
import { LABEL } from '../docker/labels.ts';
import type { Plan } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { ConductOptions } from '../runbook/conduct.ts';

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
    faults: plan.faults.map((fault) => fault.operations),
  };
  return {
    startHands: () =>
      startAgent({
        docker,
        image: tagOf(agentImage),
        orders,
        name: `firedrill-agent-${runId}`,
        labels: { [LABEL.run]: runId, [LABEL.role]: 'agent' },
        onNotice: (notice) => {
          if (notice.notice === 'undoing')
            journal.append({ type: 'note', level: 'warning', text: `the agent undoes by itself: ${notice.because}` });
        },
      }),
    async undoWithoutHands() {
      const { clean, notices } = await startSweeper(docker, tagOf(agentImage), orders);
      const undone = notices.flatMap((each) => (each.notice === 'undone' ? [each.fault] : []));
      return {
        clean,
        undone,
        detail: clean ? 'a fresh agent undid and read back what the lost one may have left' : 'a fresh agent could not undo everything',
      };
    },
  };
}
