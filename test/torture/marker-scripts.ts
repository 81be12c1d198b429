/** The scripts that rounds with a `script` run: one leaves a marker beside itself, the other takes it away. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MARKER = 'marker';
const SCRIPTS = {
  'on.mjs': `import { writeFileSync } from 'node:fs';\nwriteFileSync(new URL('${MARKER}', import.meta.url), 'on');\n`,
  'off.mjs': `import { rmSync } from 'node:fs';\nrmSync(new URL('${MARKER}', import.meta.url), { force: true });\n`,
};

export async function writeScripts(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(SCRIPTS)) await writeFile(join(folder, name), text);
}

/** What a script left, for the list of what is left. */
export function markerLeft(folder: string): readonly string[] {
  return existsSync(join(folder, MARKER)) ? ['what the script did is not undone'] : [];
}
