/** Images from the engine of the environment to another; what several share is sent once. */
import { spawn } from 'node:child_process';

/** `host` as `DOCKER_HOST` spells it. Rejects where one of them is not there. */
export function copyImages(images: readonly string[], host: string): Promise<void> {
  const command = `docker save ${images.join(' ')} | docker --host ${host} load --quiet`;
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-o', 'pipefail', '-c', command], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))));
  });
}
