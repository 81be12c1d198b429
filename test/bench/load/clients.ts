/** What a request costs us, beside other clients, over as many connections to the same static page, in rounds that take turns. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { hasProgram, nginxPage } from './nginx.ts';
import { heading, median, print, row } from './shared.ts';
import { stampingServer } from './stamping-server.ts';

const SECONDS = 3;
const ROUNDS = 5;
const CONNECTIONS = 50;

/** Requests done and CPU time in µs. */
type Client = (url: string) => Promise<{ requests: number; us: number }>;

const cost = z.object({ requests: z.number(), us: z.number() });
const file = fileURLToPath(new URL('./client-process.ts', import.meta.url));
const run = promisify(execFile);

function inNode(name: string): Client {
  return async (url) => {
    const { stdout } = await run(process.execPath, [file, name, url, String(CONNECTIONS), String(SECONDS)]);
    return cost.parse(JSON.parse(stdout));
  };
}

/** A program of the system; its CPU time is what the shell says of it. */
function program(command: (url: string) => string, requests: RegExp): Client {
  return async (url) => {
    const { stdout, stderr } = await run('bash', ['-c', `TIMEFORMAT='%U %S'; time ${command(url)}`]);
    const [user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
    const done = [...stdout.matchAll(requests)].reduce((sum, match) => sum + Number(match[1]), 0);
    return { requests: done, us: (user + system) * 1e6 };
  };
}

const CLIENTS: Readonly<Record<string, Client>> = {
  'firedrill, recording': inNode('firedrill'),
  autocannon: inNode('autocannon'),
  undici: inNode('undici'),
  wrk: program((url) => `wrk -t1 -c${CONNECTIONS} -d${SECONDS}s ${url}`, /(\d+) requests in/g),
  hey: program((url) => `hey -c ${CONNECTIONS} -z ${SECONDS}s ${url}`, /\[200\]\s+(\d+) responses/g),
};

async function present(): Promise<[string, Client][]> {
  const there = await Promise.all(Object.keys(CLIENTS).map(async (name) => (name === 'wrk' || name === 'hey' ? hasProgram(name) : true)));
  const missing = Object.keys(CLIENTS).filter((_, index) => !there[index]);
  if (missing.length > 0) print(`\nNot on this machine, and left out: ${missing.join(', ')}.`);
  return Object.entries(CLIENTS).filter((_, index) => there[index]);
}

export async function benchClients(): Promise<void> {
  const clients = await present();
  const page = await nginxPage();
  const server = page ? undefined : await stampingServer();
  const url = page?.url ?? server?.url ?? '';
  const what = page ? 'nginx, a static page of 1 KB' : 'nginx is not on this machine: a small server of our own in Node';
  heading(
    `Full speed over ${CONNECTIONS} connections (${what}), ${ROUNDS} rounds of ${SECONDS} s in turn, medians:`,
    'client',
    'µs CPU a request',
    'requests/s',
    'µs in each round',
  );
  const found = new Map<string, { us: number; perSecond: number }[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, client] of clients) {
      const { requests, us } = await client(url);
      found.set(name, [...(found.get(name) ?? []), { us: us / requests, perSecond: requests / SECONDS }]);
    }
  }
  for (const [name, rounds] of found) {
    row(
      name,
      median(rounds.map(({ us }) => us)).toFixed(1),
      median(rounds.map(({ perSecond }) => perSecond)).toFixed(0),
      rounds.map(({ us }) => us.toFixed(1)).join(' '),
    );
  }
  server?.close();
  await page?.close();
}
