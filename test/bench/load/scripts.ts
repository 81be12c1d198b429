/** What an iteration of a k6 script costs, and what a virtual user weighs, on both paths, in rounds that take turns. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { heading, median, row } from './shared.ts';
import { stampingServer } from './stamping-server.ts';

const SECONDS = 4;
const ROUNDS = 3;

/** One request, one check: the smallest script that is one. */
const SCRIPT = `import http from 'k6/http';
import { check } from 'k6';
export default function () {
  const response = http.get(__ENV.BASE);
  check(response, { 'status is 200': (r) => r.status === 200 });
}
`;

const CASES = [
  { engine: 'transform', users: 1 },
  { engine: 'quickjs', users: 1 },
  { engine: 'transform', users: 50 },
  { engine: 'quickjs', users: 50 },
  { engine: 'transform', users: 1000 },
  { engine: 'quickjs', users: 1000 },
] as const;

const cost = z.object({ iterations: z.number(), us: z.number(), heapKb: z.number(), residentKb: z.number(), initMs: z.number() });
type Cost = z.output<typeof cost>;
const file = fileURLToPath(new URL('./scripts-process.ts', import.meta.url));
const run = promisify(execFile);

export async function benchScripts(): Promise<void> {
  const server = await stampingServer();
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-bench-'));
  try {
    const path = join(folder, 'script.js');
    await writeFile(path, SCRIPT);
    const rounds: Cost[][] = CASES.map(() => []);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, { engine, users }] of CASES.entries()) {
        const { stdout } = await run(process.execPath, [file, engine, path, String(users), String(SECONDS)], {
          env: { ...process.env, BASE: server.url },
        });
        rounds[index]?.push(cost.parse(JSON.parse(stdout)));
      }
    }
    print(rounds);
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
}

function print(rounds: readonly (readonly Cost[])[]): void {
  heading(
    `A k6 script of one request (1 KB) and one check, as fast as it goes; medians of ${ROUNDS} rounds that take turns:`,
    'path',
    'virtual users',
    'µs CPU an iteration',
    'heap KB a user',
    'resident KB a user',
    'ms to make a user',
    'rounds',
  );
  for (const [index, { engine, users }] of CASES.entries()) {
    const all = rounds[index] ?? [];
    const middle = (of: (each: Cost) => number, digits: number): string => median(all.map(of)).toFixed(digits);
    row(
      engine,
      users,
      middle(({ us }) => us, 1),
      middle(({ heapKb }) => heapKb, 0),
      middle(({ residentKb }) => residentKb, 0),
      middle(({ initMs }) => initMs, 2),
      all.map(({ us }) => us.toFixed(1)).join(' '),
    );
  }
}
