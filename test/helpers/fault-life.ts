/** A fault's life in a live test: an agent that holds some of them, its moves by name, and its death in the middle. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { AgentClient } from '../../runners/agent/client.ts';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { recipesOf } from '../../runners/docker/recipes.ts';
import type { Fault, Proof } from '../../runners/faults/fault.ts';
import { killAgent, leftClean } from './agent-kill.ts';
import { type Actor, type Stage, targetOf } from './agent-stage.ts';
import { breakBy, mendBy } from './fault-moves.ts';

export interface Part {
  readonly fault: Fault;
  readonly settings: object;
  readonly targets: readonly Actor[];
}

export interface Play {
  readonly agent: AgentClient;
  /** Arms, injects and proves; the two first must succeed. */
  breakIt(name: string, proveMs?: number): Promise<Proof>;
  /** The error of an arming that must fail; it is undone, as a run would. */
  refusal(name: string): Promise<string>;
  /** Undoes and reads back, which must succeed; all that was said. */
  mend(name: string): Promise<string>;
  /** Ends the agent as the kernel would; resolves when it came back, undid everything and left clean, with what it said of that. */
  killAgent(): Promise<string>;
  leave(): Promise<void>;
}

/** Starts an agent that holds these faults, by name. */
export async function play<Name extends string>(stage: Stage, name: string, parts: Readonly<Record<Name, Part>>): Promise<Play> {
  const cast = Object.entries<Part>(parts);
  const agent = await stage.agent(
    name,
    cast.map(([each, { fault, settings, targets }]) => ({
      fault: each,
      operations: fault.plan(settings, { targets: targets.map(targetOf), select: () => [], seed: 7 }).operations,
    })),
  );
  const partOf = (each: string) => cast.find(([known]) => known === each)?.[1];
  return {
    agent,
    async breakIt(each, proveMs) {
      const part = partOf(each);
      assert.ok(part, each);
      return breakBy(agent, { name: each, ...part }, proveMs);
    },
    async refusal(each) {
      const results = await agent.arm(each);
      assert.ok(
        results.some((result) => !result.ok),
        `${each} should not have been armed`,
      );
      for (const result of await agent.undo(each)) assert.equal(result.error, undefined);
      return results.map((result) => result.error ?? '').join('; ');
    },
    mend: (each) => mendBy(agent, each),
    async killAgent() {
      const notices = await killAgent(stage, agent);
      assert.equal(leftClean(notices), true, JSON.stringify(notices));
      return notices
        .flatMap((notice) => (notice.notice === 'undone' ? notice.results.map((result) => result.evidence ?? '') : []))
        .join('; ');
    },
    leave: () => agent.leave(),
  };
}

/** The recipe's image from the fabric's Compose file; built where it is not there. */
export async function fabricImage(stage: Stage, name: string): Promise<string> {
  const compose = fileURLToPath(new URL('../../experiments/fabric/compose.yaml', import.meta.url));
  const recipe = (await recipesOf(compose)).find((each) => each.name.endsWith(`/${name}`));
  assert.ok(recipe, name);
  await ensureImages(stage.docker, { recipes: [recipe], environment: process.env, log: () => {} });
  return tagOf(recipe);
}
