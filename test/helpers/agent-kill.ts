/** An agent killed in the middle of its work, as the kernel's out-of-memory killer would do it. */
import assert from 'node:assert/strict';
import type { AgentClient } from '../../runners/agent/client.ts';
import type { AgentNotice } from '../../runners/agent/protocol.ts';
import { readNotices, sweepAgent } from '../../runners/agent/remains.ts';
import { AGENT_IMAGE, killOnHost, type Stage, until } from './agent-stage.ts';

/** Kills it; answers with what its successor in the same container said until it left. */
export async function killAgent({ docker }: Stage, { containerId }: AgentClient): Promise<readonly AgentNotice[]> {
  await killOnHost(docker, (await docker.getContainer(containerId).inspect()).State.Pid);
  let notices: readonly AgentNotice[] = [];
  await until('the agent came back, undid everything and left', async () => {
    notices = await readNotices(docker, containerId);
    return notices.some((notice) => notice.notice === 'left');
  });
  return notices;
}

/** The last word of an agent: whether it left everything as it was found. */
export function leftClean(notices: readonly AgentNotice[]): boolean {
  const last = notices.at(-1);
  return last?.notice === 'left' && last.clean;
}

/** Kills it, waits until the engine has restarted it and it has undone everything, and takes its container away. */
export async function killAgentAndWait(stage: Stage, agent: AgentClient): Promise<void> {
  const notices = await killAgent(stage, agent);
  assert.equal(notices.find((notice) => notice.notice === 'undoing')?.because, 'restarted');
  assert.equal(leftClean(notices), true, JSON.stringify(notices));
  await sweepAgent(stage.docker, AGENT_IMAGE, agent.containerId);
}
