/**
 * The engine as the agent sees it: the few calls it makes, over the mounted socket. Written on node:http because the
 * agent is one bundled file, and the Docker client used elsewhere brings native parts that do not bundle.
 */
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { type EngineLimits, engineLimits, limitsOf } from './engine-limits.ts';
import type { ContainerRef } from './operations/operation.ts';
import { isSwarmTask } from './swarm-task.ts';

/** Longest wait for an answer of the engine, when the caller gives no nearer end. A stop may take its grace besides. */
const ENGINE_TIMEOUT_MS = 30_000;

/** Lines of a container's log that are looked at, from the end. */
const LOG_LINES_MAX = 2000;

const created = z.object({ Id: z.string() });

const inspected = z.object({
  Id: z.string(),
  RestartCount: z.number().optional(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }),
  HostConfig: engineLimits.extend({ AutoRemove: z.boolean().optional(), NetworkMode: z.string().optional() }),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Paused: z.boolean(),
    Pid: z.number(),
    StartedAt: z.string(),
    Health: z.object({ Status: z.string() }).nullish(),
    OOMKilled: z.boolean().default(false),
  }),
});

/** A container as found: `pid` is 0 unless a process runs. */
export interface FoundContainer {
  readonly id: string;
  readonly status: string;
  readonly running: boolean;
  readonly paused: boolean;
  readonly pid: number;
  /** When it was started last; the same text means the same start. */
  readonly startedAt: string;
  /** `healthy`, `unhealthy`, `starting`; undefined where it has no health check. */
  readonly health: string | undefined;
  /** How often the engine restarted it by itself since it was last started by hand. */
  readonly restarts: number;
  readonly labels: Readonly<Record<string, string>>;
  /** True where the engine removes it as soon as it stops. */
  readonly autoRemove: boolean;
  /** True where a process of it was killed since its start because memory ran out. */
  readonly outOfMemory: boolean;
  /** What its limits are as far as the engine knows: it does not look into the control group. */
  readonly limits: EngineLimits;
  /** `host`, `none`, `container:ID`, or a network's name. */
  readonly networkMode: string;
}

export interface ExecResult {
  readonly running: boolean;
  readonly exitCode: number | undefined;
}

export interface Engine {
  /** Undefined where there is no such container (any more), or where it is a Swarm task that has ended, which counts as gone. */
  inspect(id: string): Promise<FoundContainer | undefined>;
  pause(id: string): Promise<void>;
  unpause(id: string): Promise<void>;
  stop(id: string, graceS: number | undefined): Promise<void>;
  kill(id: string, signal: string): Promise<void>;
  start(id: string): Promise<void>;
  restart(id: string, graceS: number): Promise<void>;
  /** Kills it first where it runs; its volumes stay. */
  remove(id: string): Promise<void>;
  /** All that the engine says of it; undefined where there is no such container. */
  inspectWhole(id: string): Promise<unknown>;
  /** Makes a container, without starting it, and answers with its id. */
  create(name: string, body: unknown): Promise<string>;
  rename(id: string, name: string): Promise<void>;
  connect(network: string, id: string, endpoint: unknown): Promise<void>;
  disconnect(network: string, id: string): Promise<void>;
  /** All that the engine says of a network; undefined where there is none. */
  inspectNetwork(network: string): Promise<unknown>;
  /** The id of the image that a reference names; undefined where there is none. */
  imageId(reference: string): Promise<string | undefined>;
  /** Paths in its own layer that differ from its image's. */
  changedPaths(id: string): Promise<readonly string[]>;
  /** Names of the containers that live in its network (`network_mode: container:…`). */
  lodgersOf(container: ContainerRef): Promise<readonly string[]>;
  /** What it wrote to its output since then, in seconds of the wall clock, both streams together. */
  log(id: string, sinceS: number): Promise<string>;
  /** Makes the engine stop restarting it. */
  neverRestart(id: string): Promise<void>;
  /** `environment` goes over the container's own, as `NAME=value`. */
  createExec(id: string, command: readonly string[], environment?: readonly string[]): Promise<string>;
  /** A path of the container as a tar, whether it runs or not; undefined where there is no such path, or no such container. */
  getArchive(id: string, path: string): Promise<Buffer | undefined>;
  /** Unpacks a tar into a folder of the container, whether it runs or not. */
  putArchive(id: string, folder: string, tar: Buffer): Promise<void>;
  /** Starts it and hands over its streams: what is written is its input, what is read is multiplexed output. */
  startExec(execId: string): Promise<Duplex>;
  inspectExec(execId: string): Promise<ExecResult>;
}

interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
  readonly body: string;
}

export function engineAt(socketPath: string, limitMs = ENGINE_TIMEOUT_MS): Engine {
  const call = (method: string, path: string, body?: unknown, timeoutMs = limitMs) => ask({ socketPath, method, path, body, timeoutMs });
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
      const labels = found.Config.Labels ?? {};
      if (!found.State.Running && isSwarmTask(labels)) return undefined;
      const { Status: status, Running: running, Paused: paused, Pid: pid, StartedAt: startedAt, Health } = found.State;
      return {
        id: found.Id,
        status,
        running,
        paused,
        pid,
        startedAt,
        health: Health?.Status === 'none' ? undefined : Health?.Status,
        restarts: found.RestartCount ?? 0,
        labels,
        autoRemove: found.HostConfig.AutoRemove ?? false,
        outOfMemory: found.State.OOMKilled,
        limits: limitsOf(found.HostConfig),
        networkMode: found.HostConfig.NetworkMode ?? '',
      };
    },
    pause: (id) => act(`/containers/${id}/pause`),
    unpause: (id) => act(`/containers/${id}/unpause`),
    stop: (id, graceS) =>
      act(`/containers/${id}/stop${graceS === undefined ? '' : `?t=${graceS}`}`, ENGINE_TIMEOUT_MS + (graceS ?? 10) * 1000),
    kill: (id, signal) => act(`/containers/${id}/kill?signal=${encodeURIComponent(signal)}`),
    start: (id) => act(`/containers/${id}/start`),
    restart: (id, graceS) => act(`/containers/${id}/restart?t=${graceS}`, ENGINE_TIMEOUT_MS + graceS * 1000),
    async remove(id) {
      const answer = await call('DELETE', `/containers/${id}?force=true`);
      if (answer.status >= 300 && answer.status !== 404) throw new Error(said(answer));
    },
    async inspectWhole(id) {
      const answer = await call('GET', `/containers/${id}/json`);
      return answer.status === 404 ? undefined : body(answer);
    },
    async create(name, wanted) {
      return created.parse(body(await call('POST', `/containers/create?name=${encodeURIComponent(name)}`, wanted))).Id;
    },
    rename: (id, name) => act(`/containers/${id}/rename?name=${encodeURIComponent(name)}`),
    async connect(network, id, endpoint) {
      body(await call('POST', `/networks/${encodeURIComponent(network)}/connect`, { Container: id, EndpointConfig: endpoint }));
    },
    async disconnect(network, id) {
      body(await call('POST', `/networks/${encodeURIComponent(network)}/disconnect`, { Container: id, Force: false }));
    },
    async inspectNetwork(network) {
      const answer = await call('GET', `/networks/${encodeURIComponent(network)}`);
      return answer.status === 404 ? undefined : body(answer);
    },
    async imageId(reference) {
      const answer = await call('GET', `/images/${reference}/json`);
      return answer.status === 404 ? undefined : created.parse(body(answer)).Id;
    },
    async changedPaths(id) {
      const changes = z.array(z.object({ Path: z.string() })).nullable();
      return (changes.parse(body(await call('GET', `/containers/${id}/changes`))) ?? []).map((each) => each.Path);
    },
    async lodgersOf({ id, name }) {
      const listed = z.array(z.object({ Names: z.array(z.string()), HostConfig: z.object({ NetworkMode: z.string().optional() }) }));
      const lodgers = listed.parse(body(await call('GET', '/containers/json?all=1')));
      const modes: readonly (string | undefined)[] = [`container:${id}`, `container:${name}`];
      return lodgers.flatMap(({ Names, HostConfig }) => (modes.includes(HostConfig.NetworkMode) ? (Names[0]?.slice(1) ?? '?') : []));
    },
    async log(id, sinceS) {
      const answer = await call('GET', `/containers/${id}/logs?stdout=1&stderr=1&since=${sinceS}&tail=${LOG_LINES_MAX}`);
      if (answer.status >= 300) throw new Error(said(answer));
      return answer.body;
    },
    async neverRestart(id) {
      body(await call('POST', `/containers/${id}/update`, { RestartPolicy: { Name: 'no' } }));
    },
    async getArchive(id, path) {
      const answer = await call('GET', `/containers/${id}/archive?path=${encodeURIComponent(path)}`);
      if (answer.status === 404) return undefined;
      if (answer.status >= 300) throw new Error(said(answer));
      return answer.bytes;
    },
    async putArchive(id, folder, tar) {
      body(await call('PUT', `/containers/${id}/archive?path=${encodeURIComponent(folder)}`, tar));
    },
    async createExec(id, command, environment = []) {
      const exec = await call('POST', `/containers/${id}/exec`, {
        Env: environment,
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        Cmd: command,
      });
      return created.parse(body(exec)).Id;
    },
    startExec: (execId) => hijack(socketPath, `/exec/${execId}/start`, { Detach: false, Tty: false }, limitMs),
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
  const tar = Buffer.isBuffer(options.body) ? options.body : undefined;
  const text = options.body === undefined ? '' : (tar ?? JSON.stringify(options.body));
  const headers = { 'content-type': tar ? 'application/x-tar' : 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (error: unknown) =>
      reject(signal.aborted ? new Error(`the engine did not answer ${method} ${path} within ${timeoutMs} ms`) : error);
    const sent = request({ socketPath, method, path, headers, signal }, (response) => {
      buffer(response).then((bytes) => resolve({ status: response.statusCode ?? 0, bytes, body: bytes.toString('utf8') }), fail);
    });
    sent.on('error', fail);
    sent.end(text);
  });
}

/** The stream itself has no limit: a shell may wait on it for its cue. */
function hijack(socketPath: string, path: string, options: unknown, limitMs: number): Promise<Duplex> {
  const text = JSON.stringify(options);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'Upgrade',
    upgrade: 'tcp',
  };
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method: 'POST', path, headers });
    const timeout = setTimeout(() => sent.destroy(new Error(`the engine opened no stream within ${limitMs} ms`)), limitMs);
    sent.on('close', () => clearTimeout(timeout));
    sent.on('upgrade', (_response, socket, head) => {
      clearTimeout(timeout);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    sent.on('response', (response) => {
      reject(new Error(`the engine answered ${response.statusCode} instead of opening a stream`));
      response.destroy();
    });
    sent.on('error', reject);
    sent.end(text);
  });
}
