/** Runs scripts as a user does: written to a file, through the command line, against a server of the test's own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { main } from '../../../../../runners/cli/main.ts';

export interface Played {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of `--summary-export`. */
  readonly summary: Summary;
  readonly folder: string;
  read(file: string): string;
}

export interface Summary {
  readonly metrics: Readonly<
    Record<string, Readonly<Record<string, number>> & { readonly thresholds?: Readonly<Record<string, boolean>> }>
  >;
  readonly root_group: {
    readonly checks: Readonly<Record<string, { readonly passes: number; readonly fails: number }>>;
    readonly groups: Readonly<Record<string, Summary['root_group']>>;
  };
}

export interface PlayOptions {
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Further files beside the script. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Sends a signal when this text has been said. */
  readonly signalOn?: string;
  readonly name?: string;
}

/** Plays one script to its end. */
export async function play(
  t: TestContext,
  source: string,
  { flags = [], environment = {}, files = {}, signalOn, name = 'script.js' }: PlayOptions = {},
): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-k6-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries({ ...files, [name]: source })) writeFileSync(join(folder, path), content);
  const said = { stdout: '', stderr: '' };
  let signal: ((signal: string) => void) | undefined;
  const hear = (stream: 'stdout' | 'stderr') => ({
    write(text: string) {
      said[stream] += text;
      if (signalOn === undefined || !text.includes(signalOn)) return;
      signal?.('SIGINT');
      signal = undefined;
    },
  });
  const exitCode = await main({
    args: ['load', '--summary-export', 'summary.json', ...flags, name],
    environment: { PATH: '/usr/bin:/bin', ...environment },
    workingDirectory: folder,
    stdout: hear('stdout'),
    stderr: hear('stderr'),
    onSignal: (listener) => {
      signal = listener;
      return () => {};
    },
  });
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  return {
    exitCode,
    ...said,
    folder,
    read,
    get summary(): Summary {
      return JSON.parse(read('summary.json'));
    },
  };
}

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An HTTP server on 127.0.0.1 until the test ends, which remembers what it was asked. Its address is `url`. */
export async function serve(
  t: TestContext,
  answer: (asked: Asked, response: ServerResponse) => void = (_asked, response) => void response.end('{"ok":true}'),
): Promise<{ readonly url: string; readonly asked: Asked[]; count(path: string): number }> {
  const asked: Asked[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      asked.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, count: (path) => asked.filter(({ url }) => url === path).length };
}
