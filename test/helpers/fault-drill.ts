/** One fault on containers of a stage, with an agent of its own: broken, mended, and the agent killed in the middle. */
import { type AgentClient, startAgent } from '../../runners/agent/client.ts';
import type { AgentNotice } from '../../runners/agent/protocol.ts';
import { startSweeper } from '../../runners/agent/remains.ts';
import type { Fault, FaultContext, Proof } from '../../runners/faults/fault.ts';
import { killAgent } from './agent-kill.ts';
import { type Actor, AGENT_IMAGE, STAGE_LABEL, type Stage, targetOf } from './agent-stage.ts';
import { breakBy, mendBy } from './fault-moves.ts';

const LEASE_MS = 10_000;
const FAULT = 'fault';
let drills = 0;

export interface FaultDrill {
  readonly agent: AgentClient;
  /** Arms, injects and proves; throws where arming or injecting failed. */
  breakIt(proveMs?: number): Promise<Proof>;
  /** Arms alone, and answers with what the first container's arming failed of. */
  armingError(): Promise<string | undefined>;
  /** Undoes and reads back; answers with what both said. Throws where one failed. */
  mend(): Promise<string>;
  /** Kills the agent by force, and answers with what its successor in the same container said until it left. */
  killAgent(): Promise<readonly AgentNotice[]>;
  /** Removes the agent by force, and lets a sweeper without its memory undo; true when that was clean. */
  loseAgent(): Promise<boolean>;
  leave(): Promise<void>;
}

/** Starts an agent whose orders are this fault on these containers. */
export async function drill(
  stage: Stage,
  fault: Fault,
  settings: object,
  targets: readonly Actor[],
  more: Partial<FaultContext> = {},
): Promise<FaultDrill> {
  drills += 1;
  const context: FaultContext = { targets: targets.map(targetOf), select: () => [], seed: 1, ...more };
  const { operations } = fault.plan(settings, context);
  const runId = `drill-${process.pid}-${drills}`;
  const orders = { runId, leaseMs: LEASE_MS, lock: `firedrill-lock-${runId}`, faults: [{ fault: FAULT, operations: [...operations] }] };
  await stage.lock(orders.lock, runId);
  const agent = await startAgent({
    docker: stage.docker,
    image: AGENT_IMAGE,
    orders,
    name: `firedrill-agent-${runId}`,
    labels: { [STAGE_LABEL]: stage.label },
    onNotice: () => {},
  });
  return {
    agent,
    breakIt: (proveMs) => breakBy(agent, { name: FAULT, fault, settings }, proveMs),
    async armingError() {
      const [armed] = await agent.arm(FAULT);
      return armed?.error;
    },
    mend: () => mendBy(agent, FAULT),
    killAgent: () => killAgent(stage, agent),
    async loseAgent() {
      await stage.docker.getContainer(agent.containerId).remove({ force: true });
      return (await startSweeper(stage.docker, AGENT_IMAGE, orders)).clean;
    },
    leave: () => agent.leave(),
  };
}
