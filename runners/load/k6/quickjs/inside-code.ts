/** The code that is inside of every QuickJS: k6's modules and what they need, as one script that waits nowhere and blocks instead. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { eraseAsync } from './erase-async.ts';

/** How stacks call it; the author never sees these lines. */
export const INSIDE_FILE = 'firedrill-inside.js';

const made = new Map<boolean, Promise<string>>();

/** An expression whose value is the function that opens a realm. With `pages`, the parser of HTML is in it. Made once a process. */
export function insideCode(pages: boolean): Promise<string> {
  const found = made.get(pages) ?? makeCode(pages ? 'open-with-pages' : 'open-plain');
  made.set(pages, found);
  return found;
}

async function makeCode(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./inside/${entry}${extname(import.meta.url)}`, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    keepNames: false,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    format: 'iife',
    globalName: 'firedrill',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  });
  return `(function (tell, wait) { ${eraseAsync(outputFiles[0]?.text ?? '')}\nreturn firedrill.open(tell, wait); })`;
}
