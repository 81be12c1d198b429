/** The moves of one fault by an agent, as a live test makes them: what must succeed is asserted. */
import assert from 'node:assert/strict';
import type { AgentClient } from '../../runners/agent/client.ts';
import type { Fault, Proof } from '../../runners/faults/fault.ts';

/** What is broken, and by what name the agent's orders have it. */
export interface Broken {
  readonly name: string;
  readonly fault: Fault;
  readonly settings: object;
}

/** Arms, injects and proves; the two first must succeed. */
export async function breakBy(agent: AgentClient, { name, fault, settings }: Broken, proveMs?: number): Promise<Proof> {
  for (const result of await agent.arm(name)) assert.equal(result.error, undefined);
  for (const result of await agent.inject(name)) assert.equal(result.error, undefined);
  return fault.judgeProof(settings, await agent.prove(name, proveMs));
}

/** Undoes and reads back, which must succeed; answers with what both said. */
export async function mendBy(agent: AgentClient, name: string): Promise<string> {
  const results = [...(await agent.undo(name)), ...(await agent.readBack(name))];
  for (const result of results) assert.equal(result.error, undefined);
  return results.map((result) => result.evidence ?? '').join('; ');
}
