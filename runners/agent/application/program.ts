/**
 * What works at the applications in the targets, in one bundle: `application.mjs NAME` serves orders on its standard input.
 * It runs in a target's network namespace, and ends when its input ends.
 */
import { call } from './call.ts';
import { evict } from './evict.ts';
import { freeze } from './freeze.ts';
import { hold } from './hold.ts';
import { serveLines } from './line-service.ts';
import { lock } from './lock.ts';
import type { ProgramName } from './program-names.ts';
import { replay } from './replay.ts';

const programs: Readonly<Record<ProgramName, () => (order: unknown) => Promise<unknown>>> = { evict, freeze, lock, hold, replay, call };

const made = Object.entries(programs).find(([name]) => name === process.argv[2]);
if (!made) throw new Error(`there is no program '${process.argv[2]}'`);
await serveLines(made[1]());
process.exit(0);
