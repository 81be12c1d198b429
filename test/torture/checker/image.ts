/** What the checker's image is made of; whoever has the checker run builds it. */
import { fileURLToPath } from 'node:url';

const beside = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const checkerImage = {
  name: 'firedrill/checker',
  folder: beside('image'),
  node: true,
  bundles: [{ entry: beside('look/main.ts'), as: 'look.mjs' }],
} as const;
