/** The load generator's own bench, in a process of its own so that nothing else of this one is measured. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../helpers/firedrill-process.ts';

export async function benchLoad(): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'test/bench/load/main.ts')], { stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`the load bench ended with ${code}`);
}
