#!/usr/bin/env node
/**
 * The `firedrill` command, in plain JavaScript that Node 20 can run. In a checkout it runs the TypeScript sources, after
 * seeing to the dependencies; installed as a package it runs the compiled files, since Node strips no types below node_modules.
 */
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { become } from './set-up/child.mjs';
import { environmentFor, modernNode, nodeIsModern, nodeMissing } from './set-up/node.mjs';
import { ensurePackages } from './set-up/packages.mjs';

const GROUND_UNFIT = 7;
const self = fileURLToPath(import.meta.url);
const root = dirname(dirname(dirname(self)));
const source = join(root, 'runners', 'cli', 'process.ts');
const isCheckout = existsSync(source) && !root.includes(`${sep}node_modules${sep}`);

if (isCheckout && !(await ensurePackages(root))) process.exit(GROUND_UNFIT);
if (nodeIsModern()) {
  // What was compiled once need not be compiled again: the command is there in half the time.
  module.enableCompileCache?.();
  const { runProcess } = await import(pathToFileURL(isCheckout ? source : join(root, 'dist', 'runners', 'cli', 'process.js')).href);
  process.exit(await runProcess());
} else {
  const node = modernNode(root);
  if (node === undefined) {
    process.stderr.write(nodeMissing());
    process.exit(GROUND_UNFIT);
  }
  await become(node, [self, ...process.argv.slice(2)], environmentFor(root, node));
}
