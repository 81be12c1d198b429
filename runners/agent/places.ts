/** Where things are in the agent's container. */

export const AGENT_DIRECTORY = '/firedrill';
/** What the agent's bundle is, and with a name as its argument, each of its programs. */
export const BUNDLE_PATH = `${AGENT_DIRECTORY}/agent.mjs`;
export const ORDERS_PATH = `${AGENT_DIRECTORY}/orders.json`;
export const MEMORY_PATH = `${AGENT_DIRECTORY}/memory.json`;
export const APPLICATION_PROGRAM_PATH = `${AGENT_DIRECTORY}/application.mjs`;
export const ENGINE_SOCKET_PATH = '/var/run/docker.sock';
/** Environment variable that makes an agent undo its orders and leave. */
export const SWEEP_VARIABLE = 'FIREDRILL_SWEEP';
