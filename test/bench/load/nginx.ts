/** A static page of 1 KB by nginx, with a configuration of our own; undefined where there is no nginx. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sleep } from './shared.ts';

const START_MS_MAX = 5000;

/** Whether a program is there. */
export async function hasProgram(name: string): Promise<boolean> {
  return promisify(execFile)('sh', ['-c', `command -v ${name}`]).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

function configuration(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
  return `user ${userInfo().username}; daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/errors;
events { worker_connections 8192; }
http { access_log off; keepalive_requests 1000000000; ${temporary}
  server { listen 127.0.0.1:${port} backlog=4096; root ${folder}; } }`;
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

export interface Page {
  readonly url: string;
  close(): Promise<void>;
}

export async function nginxPage(): Promise<Page | undefined> {
  if (!(await hasProgram('nginx'))) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-nginx-'));
  const port = await freePort();
  await writeFile(join(folder, 'index.html'), 'x'.repeat(1024));
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, port));
  const child = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'errors')], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/index.html`;
  const close = async (): Promise<void> => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    await rm(folder, { recursive: true, force: true });
  };
  const untilMs = performance.now() + START_MS_MAX;
  while (!(await answers(url))) {
    if (performance.now() > untilMs) {
      const words = await readFile(join(folder, 'errors'), 'utf8').catch(() => '');
      await close();
      throw new Error(`nginx did not answer: ${words}`);
    }
    await sleep(50);
  }
  return { url, close };
}
