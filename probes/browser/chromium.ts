/**
 * The Chromium of browser probes: the machine's own, else the one that Playwright installed. Playwright itself is loaded only when a browser
 * is wanted, so that a run without one pays nothing. It talks to the browser over a pipe: when this process dies, however, the browser ends.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright';

/** Any of these programs will do; the first that is found is taken. */
export const CHROMIUM_PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'] as const;
/** Where browsers are, though a service's PATH may not say so. */
const FOLDERS = ['/usr/local/bin', '/usr/bin', '/snap/bin'];
const APPLICATIONS = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

export const CHROMIUM_MISSING =
  'there is no Chromium on this machine; type apt-get install -y chromium, or npx playwright install chromium';

/** How long a start may take before it has failed. */
const LAUNCH_MS_MAX = 15_000;
/** Megabytes of JavaScript that one page may hold; a page that wants more crashes alone. */
const PAGE_HEAP_MB_MAX = 256;

/** No sandbox, since runs and tests may be root's in a container; no traffic of the browser's own; video plays without a click. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--mute-audio',
  '--autoplay-policy=no-user-gesture-required',
  `--js-flags=--max-old-space-size=${PAGE_HEAP_MB_MAX}`,
];

/** Every place where a Chromium may be, in the order of preference. `path` is that of the environment. */
export function chromiumPaths(path: string = process.env['PATH'] ?? ''): readonly string[] {
  const folders = new Set([...path.split(delimiter).filter((folder) => folder !== ''), ...FOLDERS]);
  return [...[...folders].flatMap((folder) => CHROMIUM_PROGRAMS.map((program) => join(folder, program))), ...APPLICATIONS];
}

/** Where Playwright would have installed its own; undefined on a platform that it does not know. */
export async function playwrightsChromium(): Promise<string | undefined> {
  try {
    return (await import('playwright')).chromium.executablePath();
  } catch {
    return undefined;
  }
}

/** The path of the executable; undefined where there is none. */
export async function findChromium(paths: readonly string[] = chromiumPaths(), own = playwrightsChromium): Promise<string | undefined> {
  const found = paths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const installed = await own();
  return installed !== undefined && existsSync(installed) ? installed : undefined;
}

/** Starts it without a window. Signals are the run's own business, so Playwright does not listen for them. Throws where there is none. */
export async function launchChromium(find: typeof findChromium = findChromium): Promise<Browser> {
  const executablePath = await find();
  if (executablePath === undefined) throw new Error(CHROMIUM_MISSING);
  const { chromium } = await import('playwright');
  return chromium.launch({
    executablePath,
    args: ARGUMENTS,
    timeout: LAUNCH_MS_MAX,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
