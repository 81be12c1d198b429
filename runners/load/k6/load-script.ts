/** Reads a script from its file and makes it ready to run: transformed, compiled, its stacks led back to the author's lines. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { FiredrillError } from '../../failure.ts';
import { K6_EXIT, ScriptFailure } from './exit-codes.ts';
import { scriptGlobals } from './globals.ts';
import { httpModule, needsPages } from './modules/http.ts';
import { modulesFor, type Pages } from './modules/index.ts';
import { instantiateInQuickJs } from './quickjs/quickjs-script.ts';
import type { Script, ScriptSurroundings } from './script.ts';
import { compileScript } from './transform/instantiate.ts';
import { ScriptPositions } from './transform/positions.ts';
import { type Finding, type ScriptPath, type TransformedScript, transformScript } from './transform/transform.ts';

/** Bytes of a script with all that it imports. */
const CODE_BYTES_MAX = 64 * 1024 * 1024;

export interface LoadedScript extends Script {
  readonly transformed: TransformedScript;
}

/** Transforms a script for a look at it. Throws ScriptFailure where it cannot be read, or cannot go the path asked for. */
export async function readScript(path: string, engine?: ScriptPath): Promise<TransformedScript> {
  const transformed = await transformScript(path, engine === undefined ? {} : { path: engine }).catch((error: unknown) => {
    if (error instanceof FiredrillError) throw new ScriptFailure(error.message, K6_EXIT.exception, error.hint);
    throw error;
  });
  if (transformed.code.length > CODE_BYTES_MAX)
    throw new ScriptFailure(`${path} comes to ${transformed.code.length} bytes; a script has at most ${CODE_BYTES_MAX}`, K6_EXIT.exception);
  return transformed;
}

/** One line a finding, its source line and a caret below. */
export function findingText({ file, line, column, sourceLine, reason }: Finding, folder: string): string {
  const number = String(line);
  return [
    `${relative(folder, file) || file}:${line}:${column}: ${reason}`,
    `  ${number} | ${sourceLine}`,
    `  ${' '.repeat(number.length)} | ${' '.repeat(Math.max(0, column - 1))}^`,
  ].join('\n');
}

/** A script that can run here. Throws ScriptFailure where it cannot be read, or uses what neither path carries, or what the one asked for does not. */
export async function loadScript(path: string, folder: string, engine?: ScriptPath): Promise<LoadedScript> {
  const transformed = await readScript(path, engine);
  refuse(transformed.unsupported, folder, `${relative(folder, path)} uses what firedrill does not carry`);
  const positions = new ScriptPositions(transformed.map);
  const originalStack = (stack: string): string => positions.originalStack(stack).replaceAll(`${folder}/`, '');
  const readsPages = needsPages(transformed.code) || transformed.uses.some(({ module }) => module === 'k6/html');
  return {
    file: relative(folder, path) || path,
    sha256: digestOf(transformed.files),
    transformed,
    instantiate:
      transformed.path === 'transform'
        ? instantiateHere(transformed, readsPages ? await import('./modules/html.ts') : undefined)
        : await instantiateInQuickJs({
            script: transformed,
            obstacles: transformed.obstacles.map((finding) => findingText(finding, folder)).join('\n'),
            readsPages,
            originalStack,
          }),
    originalStack,
  };
}

/** In this Node, its blocking calls awaited. */
function instantiateHere(transformed: TransformedScript, pages: Pages | undefined): Script['instantiate'] {
  const instantiate = compileScript(transformed);
  return (around: ScriptSurroundings) => {
    const { host } = around;
    const modules = modulesFor(host, pages, () => httpModule(host, pages?.parsePage));
    const bindings = { globals: scriptGlobals(around), modules: lazily((name) => modules.of(name)) };
    return { exports: instantiate(bindings), endIteration: () => modules.endIteration() };
  };
}

function refuse(findings: readonly Finding[], folder: string, what: string): void {
  if (findings.length === 0) return;
  throw new ScriptFailure(
    `${what}:\n${findings.map((finding) => findingText(finding, folder)).join('\n')}`,
    K6_EXIT.exception,
    `see what a script uses, and what is supported: firedrill load --check`,
  );
}

/** Of all files that went in, in their order. */
function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

/** A module is made when it is first asked for. */
function lazily(modules: (name: string) => unknown): Readonly<Record<string, unknown>> {
  return new Proxy({}, { get: (_target, name) => (typeof name === 'string' ? modules(name) : undefined) });
}
