/** Reads a stretch of a container's log line by line, as the bytes come, without following what is written meanwhile. */
import { z } from 'zod';
import type { LogLine, LogStretch } from '../../probes/probe.ts';
import { LogLines } from './log-lines.ts';

/** What is asked of the engine's client: its own `logs` keeps a log that is not followed in memory, whole. */
export interface LogDialler {
  readonly modem: { dial(options: LogRequest, callback: (error: unknown, answer: unknown) => void): void };
}

/** As the engine's API spells it. */
type LogQuery = {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly timestamps: true;
  readonly since?: string;
  readonly tail?: number;
};

interface LogRequest {
  readonly path: string;
  readonly method: 'GET';
  readonly isStream: true;
  readonly abortSignal: AbortSignal;
  readonly statusCodes: Readonly<Record<number, true | string>>;
  readonly options: LogQuery;
}

const bytes = z.custom<AsyncIterable<Buffer>>((answer) => typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer);

/** An RFC 3339 instant as the engine takes it: seconds and nanoseconds since 1970. */
export function unixSeconds(instant: string): string {
  const nanoseconds = /\.(\d+)/.exec(instant)?.[1] ?? '';
  return `${Math.floor(Date.parse(instant) / 1000)}.${nanoseconds.slice(0, 9).padEnd(9, '0')}`;
}

function request(containerId: string, { since, tail, streams }: LogStretch, abortSignal: AbortSignal): LogRequest {
  return {
    path: `/containers/${containerId}/logs?`,
    method: 'GET',
    isStream: true,
    abortSignal,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
    options: {
      stdout: streams !== 'stderr',
      stderr: streams !== 'stdout',
      timestamps: true,
      ...(since === undefined ? {} : { since: unixSeconds(since) }),
      ...(tail === undefined ? {} : { tail }),
    },
  };
}

/** Throws the engine's error, with its `statusCode`; ends with an error when the signal aborts. */
export async function* readLog(docker: LogDialler, containerId: string, which: LogStretch, signal: AbortSignal): AsyncGenerator<LogLine> {
  signal.throwIfAborted();
  const answer = await new Promise<unknown>((resolve, reject) => {
    docker.modem.dial(request(containerId, which, signal), (error, stream) => (error ? reject(error) : resolve(stream)));
  });
  const lines = new LogLines();
  for await (const chunk of bytes.parse(answer)) yield* lines.push(chunk);
  signal.throwIfAborted();
  yield* lines.end();
}
