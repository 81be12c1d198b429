/** What the agent's image is built of: its folder, the Node that runs firedrill, and its programs as one file each. */
import { fileURLToPath } from 'node:url';

const beside = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const agentImage = {
  name: 'firedrill/agent',
  /** Has the Dockerfile, which takes the base image as the argument BASE. */
  folder: beside('image'),
  /** True: `node` is put beside the Dockerfile. */
  node: true,
  bundles: [
    { entry: beside('agent.ts'), as: 'agent.mjs' },
    { entry: beside('application/program.ts'), as: 'application.mjs' },
  ],
} as const;
