/** An image with nothing in it but one static program, which answers what it is sent: no shell, no tool. */
import { fileURLToPath } from 'node:url';

export const bareImage = {
  name: 'firedrill/test-bare',
  folder: fileURLToPath(new URL('../fixtures/bare', import.meta.url)),
  node: false,
  bundles: [],
};
