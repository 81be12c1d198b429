/** A Chromium for tests: the machine's own, or the one that Playwright installed. Tests do not install anything. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

const PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
] as const;
/** No sandbox, since tests may run as root in a container; and no traffic of the browser's own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--disable-gpu',
  '--disable-dev-shm-usage',
];

/** The path of the executable. Throws, saying what to type, where there is none. */
export function findChromium(paths: readonly string[] = [...PATHS, chromium.executablePath()]): string {
  const found = paths.find((path) => path !== '' && existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    `No Chromium at ${paths.join(', ')}. Browser tests need one: type apt-get install -y chromium, or npx playwright install chromium`,
  );
}

/** Starts it without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ARGUMENTS });
}
