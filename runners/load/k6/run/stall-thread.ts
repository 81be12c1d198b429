/**
 * Beside the thread that runs a script: when that one says nothing for too long, this one stops it through the inspector
 * and writes down where it is. A loop without an end cannot say so itself.
 */
import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { STALL_MARK, type StallMemory } from './stall-watch.ts';

/** Stalls told of; a script that stalls more often has been heard. */
const TOLD_MAX = 20;
/** Frames told. */
const FRAMES_MAX = 8;
/** Asked of the thread that stands still: which virtual user it was at. */
const WHO = "typeof __firedrill_who === 'function' ? __firedrill_who() : ''";

const { beats, stallMs }: StallMemory = workerData;

interface Frame {
  readonly functionName: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber?: number | undefined };
}

/** Resolves when the other thread goes on. */
function tellWhere(): Promise<void> {
  const session = new Session();
  session.connectToMainThread();
  const urls = new Map<string, string>();
  session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
  return new Promise((resolve) => {
    session.on('Debugger.paused', ({ params }) => {
      session.post('Runtime.evaluate', { expression: WHO }, (_error, answer) => {
        const stack = ['stalled', ...params.callFrames.slice(0, FRAMES_MAX).map((frame) => frameText(frame, urls))].join('\n');
        writeSync(2, `\n${STALL_MARK}${JSON.stringify({ who: String(answer?.result.value ?? ''), stack })}\n`);
        session.post('Debugger.disable', () => {
          session.disconnect();
          resolve();
        });
      });
    });
    session.post('Debugger.enable');
    session.post('Debugger.pause');
  });
}

function frameText({ functionName, location }: Frame, urls: ReadonlyMap<string, string>): string {
  const { scriptId, lineNumber, columnNumber = 0 } = location;
  return `    at ${functionName || '<anonymous>'} (${urls.get(scriptId) ?? ''}:${lineNumber + 1}:${columnNumber + 1})`;
}

/** A thread without anything to wait for ends; the inspector's answers do not count. */
const alive = setInterval(() => {}, 60_000);
parentPort?.postMessage('watching');
for (let seen = -1, told = 0; told < TOLD_MAX; ) {
  const current = Atomics.load(beats, 0);
  if (current === seen) {
    await tellWhere();
    told += 1;
  }
  seen = Atomics.load(beats, 0);
  Atomics.wait(beats, 0, seen, stallMs);
}
clearInterval(alive);
