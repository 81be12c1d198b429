/** What probes may use of the engine: a container's state, and a command run inside it. */
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { EngineTools } from '../../probes/probe.ts';

/** Characters of a command's output that are kept of each stream; what goes beyond is cut. */
export const OUTPUT_CHARACTERS_MAX = 64 * 1024;

interface ExecStream extends NodeJS.ReadableStream {
  destroy(error?: Error): unknown;
}

/** What is asked of the engine here. */
export interface ProbeEngine {
  getContainer(id: string): {
    inspect(): Promise<{
      State: { Status: string; OOMKilled: boolean; ExitCode: number; Health?: { Status: string } | undefined };
      RestartCount: number;
    }>;
    exec(options: { Cmd: string[]; AttachStdout: true; AttachStderr: true }): Promise<{
      start(options: { hijack: boolean; stdin: boolean }): Promise<ExecStream>;
      inspect(): Promise<{ ExitCode: number | null }>;
    }>;
  };
  readonly modem: { demuxStream(stream: NodeJS.ReadableStream, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): void };
}

/** The tools of one engine. An aborted command is no longer listened to; in the container it runs to its own end. */
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
    async exec(containerId, command, signal) {
      signal.throwIfAborted();
      const exec = await docker.getContainer(containerId).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
      const stream = await exec.start({ hijack: true, stdin: false });
      const stop = () => stream.destroy(new Error('the command took longer than the probe may'));
      signal.addEventListener('abort', stop, { once: true });
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
