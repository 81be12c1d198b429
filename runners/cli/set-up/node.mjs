/**
 * Finding a Node that can run TypeScript: the running one, else the one that came from npm as an optional dependency,
 * whose package is named after the platform. Plain JavaScript for Node 20.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** The first Node that strips types without a flag and that firedrill is tested with. */
export const NODE_MAJOR_MIN = 24;

/** True where the running Node will do. */
export function nodeIsModern(version = process.versions.node) {
  return Number.parseInt(version, 10) >= NODE_MAJOR_MIN;
}

/** Path of a Node that will do, as seen from the package at `root`; undefined where there is none. */
export function modernNode(root) {
  if (nodeIsModern()) return process.execPath;
  try {
    const require = createRequire(join(root, 'package.json'));
    const path = join(dirname(require.resolve(`node-${process.platform}-${process.arch}/package.json`)), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** What to say where there is none. */
export function nodeMissing() {
  return (
    `firedrill: this is Node ${process.versions.node}; it needs ${NODE_MAJOR_MIN} or newer, and npm has none for ${process.platform}-${process.arch}.\n` +
    `  hint: install Node ${NODE_MAJOR_MIN} and run this again; on Linux: npm install --include=optional\n`
  );
}

/** The environment for children: the same Node and the package's own tools come first. */
export function environmentFor(root, node) {
  const own = [join(root, 'node_modules', '.bin'), dirname(node)];
  const rest = (process.env.PATH ?? '').split(delimiter).filter((each) => each !== '' && !own.includes(each));
  return { ...process.env, PATH: [...own, ...rest].join(delimiter) };
}
