/** What probes may use of the engine: a container's state, what is counted for it, its log, and a command run inside it. */
import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { EngineTools } from '../../probes/probe.ts';
import { countedOf } from './container-counters.ts';
import { type ExecStarter, endCommand, environmentFor } from './end-command.ts';
import { type LogDialler, readLog } from './read-log.ts';

/** Characters of a command's output that are kept of each stream; what goes beyond is cut. */
export const OUTPUT_CHARACTERS_MAX = 64 * 1024;

/** What is asked of the engine here. */
export interface ProbeEngine {
  getContainer(id: string): ExecStarter & {
    inspect(): Promise<{
      State: { Status: string; OOMKilled: boolean; ExitCode: number; Health?: { Status: string } | undefined };
      RestartCount: number;
    }>;
    stats(options: { stream: false; 'one-shot': true }): Promise<unknown>;
  };
  readonly modem: LogDialler['modem'] & {
    demuxStream(stream: NodeJS.ReadableStream, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): void;
  };
}

/** The tools of one engine. An aborted command is no longer listened to, and is ended in the container as well, where that has a shell. */
export function probeTools(docker: ProbeEngine): EngineTools {
  return {
    async inspect(containerId) {
      const { State, RestartCount } = await docker.getContainer(containerId).inspect();
      return {
        state: State.Status,
        health: State.Health && State.Health.Status !== 'none' ? State.Health.Status : undefined,
        restarts: RestartCount,
        oomKilled: State.OOMKilled,
        exitCode: State.ExitCode,
      };
    },
    log: (containerId, which, signal) => readLog(docker, containerId, which, signal),
    stats: async (containerId) => countedOf(await docker.getContainer(containerId).stats({ stream: false, 'one-shot': true })),
    async exec(containerId, command, signal) {
      signal.throwIfAborted();
      const container = docker.getContainer(containerId);
      const word = randomUUID();
      const exec = await container.exec({ Cmd: [...command], Env: [environmentFor(word)], AttachStdout: true, AttachStderr: true });
      const stream = await exec.start({ hijack: true, stdin: false });
      const stop = () => {
        stream.destroy(new Error('the command took longer than the probe may'));
        void endCommand(container, exec, word);
      };
      signal.addEventListener('abort', stop, { once: true });
      // It may have aborted while the engine was making the command.
      if (signal.aborted) stop();
      try {
        const [stdout, stderr] = [collector(), collector()];
        docker.modem.demuxStream(stream, stdout.sink, stderr.sink);
        await finished(stream);
        signal.throwIfAborted();
        const { ExitCode } = await exec.inspect();
        return { exitCode: ExitCode ?? -1, stdout: stdout.text(), stderr: stderr.text() };
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

function collector(): { sink: PassThrough; text: () => string } {
  const sink = new PassThrough();
  let text = '';
  sink.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < OUTPUT_CHARACTERS_MAX) text = (text + chunk).slice(0, OUTPUT_CHARACTERS_MAX);
  });
  return { sink, text: () => text };
}
