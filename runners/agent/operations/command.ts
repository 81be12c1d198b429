/**
 * Runs a command in a container at the cue. Its exec is started in arming, with a shell that reads one line and then becomes
 * the command; when the agent dies, the line never comes, the input ends, and nothing runs. Proven by each shell's word that
 * it is becoming the command. Nobody can undo it; its exit code is collected when it is read back.
 */
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { readFrames } from '../engine-frames.ts';

import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Says that it begins, and becomes the command. What follows on its output is the command's own. */
const WAIT_FOR_CUE = 'read -r cue || exit 0; echo firedrill-begins; exec "$@" </dev/null';
const BEGINS = 'firedrill-begins\n';
/** Output kept of the command, from its end. */
const OUTPUT_CHARACTERS_MAX = 2000;
const LOOK_EVERY_MS = 20;

/** Runs a command in the container by an exec that was started in arming and waits for its cue; `delayMs` after the cue. Not undone. */
const shape = z.object({
  op: z.literal('command'),
  container: containerRef,
  command: z.array(z.string()).min(1).readonly(),
  delayMs: z.number().min(0),
  timeoutMs: z.number().min(0),
});

/** Jobs that start within a window are proven when the last of them has started. */
export const command = defineOperation({ shape, follows: () => false, proofMs: ({ delayMs }) => delayMs, moves });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const { engine } = ground;
  let execId: string | undefined;
  let stream: Duplex | undefined;
  let cuedMs: number | undefined;
  let cue: NodeJS.Timeout | undefined;
  const heard = listener();

  return {
    async arm() {
      execId = await engine.createExec(operation.container.id, ['sh', '-c', WAIT_FOR_CUE, 'firedrill', ...operation.command]);
      stream = await engine.startExec(execId);
      stream.on('error', () => {});
      readFrames(stream, heard.hear);
      return { mechanism: 'exec', evidence: 'a shell waits for its cue' };
    },
    async inject() {
      const waiting = stream;
      if (!waiting || waiting.destroyed) throw new Error('the shell that waited for its cue is gone');
      cuedMs = performance.now();
      cue = setTimeout(() => waiting.write('cue\n'), operation.delayMs);
      return { mechanism: 'exec' };
    },
    async prove(signal) {
      while (heard.begunNs() === undefined && (await pause(LOOK_EVERY_MS, signal)));
      const begunNs = heard.begunNs();
      if (begunNs !== undefined) return { atNs: begunNs, mechanism: 'exec', evidence: 'it began', facts: { started: 1 } };
      const exit = await exitOf(execId);
      if (exit !== undefined) throw new Error(`it never began: ${exit}`);
      const leftMs = cuedMs === undefined ? 0 : cuedMs + operation.delayMs - performance.now();
      if (leftMs <= 0) throw new Error('it did not begin: its shell still waits');
      return { mechanism: 'exec', evidence: `it begins in ${Math.round(leftMs)} ms`, facts: { started: 0, pending: 1 } };
    },
    async undo() {
      clearTimeout(cue);
      const begun = heard.begunNs() !== undefined;
      if (!begun) stream?.destroy();
      return { evidence: !begun ? 'it was not begun' : 'what was begun is not undone' };
    },
    async readBack(signal) {
      if (heard.begunNs() === undefined || execId === undefined) return { evidence: 'it was not begun' };
      const limit = AbortSignal.any([signal, AbortSignal.timeout(operation.timeoutMs)]);
      let exit = await exitOf(execId);
      while (exit === undefined && (await pause(LOOK_EVERY_MS, limit))) exit = await exitOf(execId);
      stream?.destroy();
      const output = heard.output().trim();
      const said = output === '' ? '' : `, and said: ${output}`;
      return { mechanism: 'exec', evidence: `${exit ?? 'it still runs'}${said}` };
    },
  };

  async function exitOf(id: string | undefined): Promise<string | undefined> {
    const exec = id === undefined ? undefined : await engine.inspectExec(id);
    return exec === undefined || exec.running ? undefined : `it ended with exit code ${exec.exitCode}`;
  }
}

/** Hears the shell say that it becomes the command, and keeps the end of what the command says after that. */
function listener() {
  let begunNs: bigint | undefined;
  let text = '';
  return {
    begunNs: () => begunNs,
    output: () => (begunNs === undefined ? '' : text),
    hear(piece: string) {
      text = (text + piece).slice(-OUTPUT_CHARACTERS_MAX);
      const begins = begunNs === undefined ? text.indexOf(BEGINS) : -1;
      if (begins < 0) return;
      begunNs = process.hrtime.bigint();
      text = text.slice(begins + BEGINS.length);
    },
  };
}
