#!/usr/bin/env node
/**
 * What every npm script starts with, in plain JavaScript that Node 20 can run:
 *
 *   node runners/cli/bootstrap.mjs start | cli <args…> | test <filters…> | bench | exec <tool> <args…>
 *
 * It installs the npm dependencies when they are missing or stale, finds a Node that can run TypeScript, and becomes
 * the program asked for, with the package's own tools first in PATH.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { become } from './set-up/child.mjs';
import { environmentFor, modernNode, nodeMissing } from './set-up/node.mjs';
import { ensurePackages } from './set-up/packages.mjs';

const USAGE_WRONG = 4;
const GROUND_UNFIT = 7;
const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));

const PROGRAMS = {
  start: (node, args) => [node, [join(here, 'firedrill.mjs'), 'start', ...args]],
  cli: (node, args) => [node, [join(here, 'firedrill.mjs'), ...args]],
  test: (node, args) => [node, [join(here, 'set-up', 'test.ts'), ...args]],
  bench: (node, args) => [node, [join(root, 'test', 'bench', 'main.ts'), ...args]],
  exec: (_node, [tool = 'node', ...args]) => [tool, args],
};

const [what = '', ...args] = process.argv.slice(2);
const program = Object.hasOwn(PROGRAMS, what) ? PROGRAMS[what] : undefined;
if (!program) {
  process.stderr.write(`bootstrap: '${what}' is none of ${Object.keys(PROGRAMS).join(', ')}.\n`);
  process.exit(USAGE_WRONG);
}
if (!(await ensurePackages(root))) process.exit(GROUND_UNFIT);
const node = modernNode(root);
if (node === undefined) {
  process.stderr.write(nodeMissing());
  process.exit(GROUND_UNFIT);
}
await become(...program(node, args), environmentFor(root, node));
