/** The Node binary that goes into images: a Linux one, for the engine's processor. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EXIT, FiredrillError } from '../failure.ts';

/** What engines call their processors, in Node's words. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'x64', amd64: 'x64', aarch64: 'arm64', arm64: 'arm64' };

/**
 * The binary from npm for that processor (built to run on any glibc), else the running one where it fits.
 * Throws FiredrillError `node-missing` (exit 7) where there is none.
 */
export function nodeBinaryFor(engineArchitecture: string): string {
  const architecture = ARCHITECTURES[engineArchitecture] ?? engineArchitecture;
  const packaged = packagedNode(architecture);
  if (packaged) return packaged;
  if (process.platform === 'linux' && process.arch === architecture) return process.execPath;
  throw new FiredrillError(
    'node-missing',
    `Images for an engine on ${engineArchitecture} need a Node binary for linux-${architecture}; this machine has none.`,
    {
      hint: `Type: npm install --no-save --force node-linux-${architecture}@${process.versions.node.split('.')[0]}`,
      exitCode: EXIT.groundUnfit,
    },
  );
}

function packagedNode(architecture: string): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-linux-${architecture}/package.json`);
    const path = join(dirname(manifest), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
