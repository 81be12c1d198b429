/**
 * A runner that lives to be killed: starts an agent with the orders given, does the moves given, says so, and goes on living.
 *
 *   agent-runner.ts '{"name", "label", "orders", "faults": […]}'
 */
import { startAgent } from '../../runners/agent/client.ts';
import { ordersShape } from '../../runners/agent/orders.ts';
import { connectEngine } from '../../runners/docker/engine.ts';
import { AGENT_IMAGE, STAGE_LABEL } from './agent-stage.ts';

const asked = JSON.parse(process.argv[2] ?? '');
const tell = (word: string) => process.stdout.write(`${word}\n`);
const agent = await startAgent({
  docker: await connectEngine(process.env),
  image: AGENT_IMAGE,
  orders: ordersShape.parse(asked.orders),
  name: asked.name,
  labels: { [STAGE_LABEL]: asked.label },
  onNotice: () => {},
});
agent.lost.then((why) => tell(`lost: ${why}`));
for (const fault of asked.faults) {
  for (const move of ['arm', 'inject', 'prove'] as const) {
    for (const result of await agent[move](fault)) if (!result.ok) tell(`failed: ${fault} ${move}: ${result.error}`);
  }
}
tell('broken');
// Only its death ends it.
setInterval(() => {}, 60_000);
