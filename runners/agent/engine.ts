/**
 * The engine as the agent sees it: the few calls it makes, over the mounted socket. Written on node:http because the
 * agent is one bundled file, and the Docker client used elsewhere brings native parts that do not bundle.
 */
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { z } from 'zod';

/** Longest wait for an answer of the engine, when the caller gives no nearer end. A stop may take its grace besides. */
const ENGINE_TIMEOUT_MS = 30_000;

const inspected = z.object({
  Id: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }),
  HostConfig: z.object({ AutoRemove: z.boolean().optional() }),
  State: z.object({ Status: z.string(), Running: z.boolean(), Paused: z.boolean(), Pid: z.number() }),
});

/** A container as found: `pid` is 0 unless a process runs. */
export interface FoundContainer {
  readonly id: string;
  readonly status: string;
  readonly running: boolean;
  readonly paused: boolean;
  readonly pid: number;
  readonly labels: Readonly<Record<string, string>>;
  /** True where the engine removes it as soon as it stops. */
  readonly autoRemove: boolean;
}

export interface ExecResult {
  readonly running: boolean;
  readonly exitCode: number | undefined;
}

export interface Engine {
  /** Undefined where there is no such container (any more). */
  inspect(id: string): Promise<FoundContainer | undefined>;
  pause(id: string): Promise<void>;
  unpause(id: string): Promise<void>;
  stop(id: string, graceS: number | undefined): Promise<void>;
  kill(id: string, signal: string): Promise<void>;
  start(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Makes the engine stop restarting it. */
  neverRestart(id: string): Promise<void>;
  createExec(id: string, command: readonly string[]): Promise<string>;
  /** Starts it and hands over its streams: what is written is its input, what is read is multiplexed output. */
  startExec(execId: string): Promise<Duplex>;
  inspectExec(execId: string): Promise<ExecResult>;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

export function engineAt(socketPath: string): Engine {
  const call = (method: string, path: string, body?: unknown, timeoutMs = ENGINE_TIMEOUT_MS) =>
    ask({ socketPath, method, path, body, timeoutMs });
  /** 304 says that it already is so. */
  const act = async (path: string, timeoutMs?: number) => {
    const answer = await call('POST', path, undefined, timeoutMs);
    if (answer.status >= 300 && answer.status !== 304) throw new Error(said(answer));
  };
  return {
    async inspect(id) {
      const answer = await call('GET', `/containers/${id}/json`);
      if (answer.status === 404) return undefined;
      const found = inspected.parse(body(answer));
      const { Status: status, Running: running, Paused: paused, Pid: pid } = found.State;
      return {
        id: found.Id,
        status,
        running,
        paused,
        pid,
        labels: found.Config.Labels ?? {},
        autoRemove: found.HostConfig.AutoRemove ?? false,
      };
    },
    pause: (id) => act(`/containers/${id}/pause`),
    unpause: (id) => act(`/containers/${id}/unpause`),
    stop: (id, graceS) =>
      act(`/containers/${id}/stop${graceS === undefined ? '' : `?t=${graceS}`}`, ENGINE_TIMEOUT_MS + (graceS ?? 10) * 1000),
    kill: (id, signal) => act(`/containers/${id}/kill?signal=${encodeURIComponent(signal)}`),
    start: (id) => act(`/containers/${id}/start`),
    async remove(id) {
      const answer = await call('DELETE', `/containers/${id}?force=true`);
      if (answer.status >= 300 && answer.status !== 404) throw new Error(said(answer));
    },
    async neverRestart(id) {
      body(await call('POST', `/containers/${id}/update`, { RestartPolicy: { Name: 'no' } }));
    },
    async createExec(id, command) {
      const created = await call('POST', `/containers/${id}/exec`, {
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        Cmd: command,
      });
      return z.object({ Id: z.string() }).parse(body(created)).Id;
    },
    startExec: (execId) => hijack(socketPath, `/exec/${execId}/start`, { Detach: false, Tty: false }),
    async inspectExec(execId) {
      const found = z.object({ Running: z.boolean(), ExitCode: z.number().nullish() });
      const exec = found.parse(body(await call('GET', `/exec/${execId}/json`)));
      return { running: exec.Running, exitCode: exec.ExitCode ?? undefined };
    },
  };
}

function said(answer: Answer): string {
  const message = z.object({ message: z.string() }).safeParse(json(answer.body));
  return `the engine answered ${answer.status}: ${message.success ? message.data.message : answer.body.slice(0, 200)}`;
}

function body(answer: Answer): unknown {
  if (answer.status >= 300) throw new Error(said(answer));
  return json(answer.body);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ask(options: { socketPath: string; method: string; path: string; body: unknown; timeoutMs: number }): Promise<Answer> {
  const { socketPath, method, path, timeoutMs } = options;
  const text = options.body === undefined ? '' : JSON.stringify(options.body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers, signal: AbortSignal.timeout(timeoutMs) }, async (response) => {
      response.on('error', reject);
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

function hijack(socketPath: string, path: string, options: unknown): Promise<Duplex> {
  const text = JSON.stringify(options);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'Upgrade',
    upgrade: 'tcp',
  };
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method: 'POST', path, headers, timeout: ENGINE_TIMEOUT_MS });
    sent.on('upgrade', (_response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    sent.on('response', (response) => reject(new Error(`the engine answered ${response.statusCode} instead of opening a stream`)));
    sent.on('error', reject);
    sent.end(text);
  });
}
