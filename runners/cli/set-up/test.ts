/**
 * `npm test`: sets up what the tests need, runs the quick ones in parallel, then those against real Docker and a real browser, two at a
 * time or alone, as one run with one summary; and fails where anything of ours is left on the engine afterwards.
 *
 *   npm test                        everything
 *   npm test -- probes live/drills  only files whose path holds one of these
 */
import { globSync } from 'node:fs';
import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type Docker from 'dockerode';
import { EXIT, FiredrillError } from '../../failure.ts';
import { consentFor } from './debian.ts';
import { prepareGround } from './ground.ts';
import { findLeftovers, snapshot } from './leftovers.ts';
import { thisMachine } from './machine.ts';
import { stallWords, watchStalls } from './stalls.ts';
import { runTestGroups } from './test-groups.ts';
import { ensureTool } from './tools.ts';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
/** Limits for one test; some of the live ones bring up whole systems. */
const QUICK_LIMIT_MS = 3 * 60_000;
const SOCIABLE_LIMIT_MS = 5 * 60_000;
const SLOW_LIMIT_MS = 30 * 60_000;
const SLOW = /^test\/(live|browser)\//;
/** Those that drive a browser take a whole core. */
const BROWSER = /^test\/browser\//;
/** Of the others, those that keep to containers of their own, sweep nothing and measure no packets: mostly they wait. */
const SOCIABLE = /^test\/live\/(faults-(?!impair|network|script)|bad-ground|probes|swarm)/;
const SOCIABLE_AT_ONCE = 2;

const exitCode = await test(process.argv.slice(2)).catch((error: unknown) => {
  const known = error instanceof FiredrillError;
  process.stderr.write(
    known
      ? `firedrill: ${error.message}\n${error.hint ? `  hint: ${error.hint}\n` : ''}`
      : `${error instanceof Error ? error.stack : error}\n`,
  );
  return known ? error.exitCode : EXIT.bug;
});
process.exit(exitCode);

async function test(filters: readonly string[]): Promise<number> {
  const files = globSync('test/**/*.test.ts', { cwd: root })
    .sort()
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
  if (files.length === 0) {
    process.stderr.write(`No test file matches ${filters.join(', ')}.\n`);
    return EXIT.usageWrong;
  }
  const slow = files.filter((file) => SLOW.test(file));
  const docker = slow.length > 0 || filters.length === 0 ? await prepare() : undefined;
  const before = docker && (await snapshot(docker));
  const sociable = slow.filter((file) => SOCIABLE.test(file));
  const alone = [...slow.filter((file) => BROWSER.test(file)), ...slow.filter((file) => !SOCIABLE.test(file) && !BROWSER.test(file))];
  keepWhatIsCompiled();
  const watch = watchStalls();
  const passed = await runTestGroups([
    { files: absolute(files.filter((file) => !SLOW.test(file))), concurrency: availableParallelism(), limitMs: QUICK_LIMIT_MS },
    { files: absolute(sociable), concurrency: SOCIABLE_AT_ONCE, limitMs: SOCIABLE_LIMIT_MS },
    { files: absolute(alone), concurrency: 1, limitMs: SLOW_LIMIT_MS },
  ]);
  process.stdout.write(`\nWhile the tests ran, ${stallWords(watch.stalls)}.\n`);
  await watch.end();
  const left = docker && before ? await findLeftovers(docker, before) : [];
  if (left.length > 0)
    process.stdout.write(`\nThe tests left ${left.length} things on the engine; 0 is the limit:\n  ${left.join('\n  ')}\n`);
  return passed && left.length === 0 ? EXIT.passed : EXIT.failed;
}

/** Each file of tests is a process, and each of those would compile the same sources. */
function keepWhatIsCompiled(): void {
  enableCompileCache();
  process.env['NODE_COMPILE_CACHE'] ??= getCompileCacheDir();
}

/** Nobody is asked: a test run that waits for an answer is a test run that hangs. */
async function prepare(): Promise<Docker> {
  const log = (line: string) => void process.stdout.write(`${line}\n`);
  const docker = await prepareGround({ environment: process.env, yes: true, log });
  await ensureTool(thisMachine(process.env), 'chromium', consentFor({ yes: true, environment: process.env, log }));
  return docker;
}

function absolute(files: readonly string[]): readonly string[] {
  return files.map((file) => join(root, file));
}
