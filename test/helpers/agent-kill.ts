/** An agent killed in the middle of its work, as the kernel's out-of-memory killer would do it. */
import assert from 'node:assert/strict';
import type { AgentClient } from '../../runners/agent/client.ts';
import { readNotices, sweepAgent } from '../../runners/agent/remains.ts';
import { AGENT_IMAGE, killOnHost, type Stage, until } from './agent-stage.ts';

/** Kills it, waits until the engine has restarted it and it has undone everything, and takes its container away. */
export async function killAgentAndWait({ docker }: Stage, { containerId }: AgentClient): Promise<void> {
  await killOnHost(docker, (await docker.getContainer(containerId).inspect()).State.Pid);
  await until('it has undone and left', async () => (await readNotices(docker, containerId)).some((notice) => notice.notice === 'left'));
  const notices = await readNotices(docker, containerId);
  assert.equal(notices.find((notice) => notice.notice === 'undoing')?.because, 'restarted');
  assert.equal(notices.find((notice) => notice.notice === 'left')?.clean, true, JSON.stringify(notices));
  await sweepAgent(docker, AGENT_IMAGE, containerId);
}
