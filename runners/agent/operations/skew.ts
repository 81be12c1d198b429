/**
 * Skews the clock of a container's processes that run under libfaketime, by the file that tells them. Proven by the clock that a
 * fresh process in the container reads, and by the Date of the service's own answers where its URL is given.
 */
import { z } from 'zod';
import { answerShape } from '../application/call-shape.ts';
import { startHelper } from '../application/helper.ts';
import { readFrames } from '../engine-frames.ts';
import { type Faked, fakedIn, foundIn, isSkewed, offsetIn, skewed } from '../faketime.ts';
import { namesOf } from '../names-of-target.ts';
import { targetFile } from '../target-file.ts';
import { whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 250;
/** An exec takes a part of a second, and a Date has whole ones. */
const TOLERANCE_MS = 1_500;
const CALL_TIMEOUT_MS = 5_000;
/** As long as libfaketime keeps what its file said, and some looks more. */
const PROOF_MS = 15_000;

const shape = z.object({
  op: z.literal('skew'),
  container: containerRef,
  offsetMs: z.number(),
  /** Whose answers carry a Date by the skewed clock. */
  url: z.string().exactOptional(),
});

export const skew = defineOperation({
  shape,
  claims: () => ['clock'],
  decidedInArming: 'whether its processes run under libfaketime; others, static and Go programs, and the kernel keep their clock',
  proofMs: () => PROOF_MS,
  moves,
});

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const { container, offsetMs, url } = operation;
  const place = whereabouts(ground.engine, container);
  const { id } = container;
  let armed: { readonly faked: Faked; readonly baseMs: number; readonly found: string } | undefined;
  let injectedMs = 0;

  /** Where the file is: as it was remembered, else as the processes say. */
  const fileNow = async (path = ground.found()) => {
    const pid = (await place.network())?.pid;
    const known = path ?? (pid === undefined ? undefined : fakedIn(pid).path);
    return known === undefined ? undefined : targetFile(ground.engine, container, pid, known);
  };
  const textOfOurs = async () => {
    const file = await fileNow();
    if (!file && (await ground.engine.inspect(id)))
      throw new Error('where its file is was lost with the memory of the agent, and no process of it runs that could tell: start it first');
    const text = await file?.read();
    const before = text === undefined ? undefined : foundIn(ground.tag, text);
    return file === undefined || before === undefined ? undefined : { file, before };
  };

  return {
    async arm(signal) {
      const network = await place.network();
      if (!network) throw new Error('it is not running, so that there is no clock to skew');
      const faked = fakedIn(network.pid);
      const file = await fileNow(faked.path);
      const found = await file?.read();
      if (found === undefined) throw new Error(`there is no ${faked.path}: make it, with +0 in it, before the processes start`);
      if (offsetIn(found) === undefined) throw new Error(`${faked.path} says '${found.trim()}', to which a skew cannot be added`);
      file?.assertWritable();
      // A container that is followed after a restart has kept its file, and the skew with it.
      const baseMs = (await clockOf(faked)) - (isSkewed(found) ? offsetMs : 0);
      if (url !== undefined) await dateOf(network.pid, url, signal);
      ground.remember(faked.path);
      armed = { faked, baseMs, found };
      return {
        mechanism: 'libfaketime',
        evidence: `${faked.heeding} of its ${faked.processes} processes heed libfaketime; they are ${(baseMs / 1000).toFixed(1)} s ahead`,
      };
    },
    async inject() {
      const file = await fileNow();
      if (!armed || !file) throw new Error('it was not armed');
      if ((await file.read()) !== armed.found) throw new Error('somebody changed its file since the arming');
      if (!isSkewed(armed.found)) await file.write(skewed(ground.tag, armed.found, offsetMs));
      injectedMs = performance.now();
      return { mechanism: 'libfaketime' };
    },
    async prove(signal) {
      if (!armed) throw new Error('it was not armed');
      const { faked, baseMs } = armed;
      const fresh = await settled(() => clockOf(faked), baseMs + offsetMs, signal);
      const network = await place.network();
      const served =
        url === undefined || !network ? undefined : await settled(() => dateOf(network.pid, url, signal), baseMs + offsetMs, signal);
      // Without a service to ask, its processes are known to have looked only when none can go by what it kept.
      if (served === undefined) await pause(injectedMs + faked.cacheMs - performance.now(), signal);
      const seconds = (ms: number) => `${((ms - baseMs) / 1000).toFixed(1)} s`;
      return {
        mechanism: 'libfaketime',
        evidence: `a process of its own reads a clock that is off by ${seconds(fresh)}${served === undefined ? '' : `, its answers' Date by ${seconds(served)}`}`,
        facts: { skewMs: fresh - baseMs },
      };
    },
    async undo() {
      if (!ground.mayHaveTouched()) return { evidence: 'its clock was never touched' };
      const ours = await textOfOurs();
      if (!ours) return { mechanism: 'libfaketime', evidence: 'its file says nothing of ours' };
      await ours.file.write(ours.before);
      return { mechanism: 'libfaketime' };
    },
    async readBack() {
      if (!ground.mayHaveTouched()) return { evidence: 'its clock was never touched' };
      if (await textOfOurs()) throw new Error('its file still has our skew');
      return { evidence: 'its file says what was found' };
    },
  };

  /** Looks again and again until the clock is as expected; throws when it is not in time. */
  async function settled(look: () => Promise<number>, expectedMs: number, signal: AbortSignal): Promise<number> {
    let seenMs = await look();
    while (Math.abs(seenMs - expectedMs) > TOLERANCE_MS && (await pause(LOOK_EVERY_MS, signal))) seenMs = await look();
    if (Math.abs(seenMs - expectedMs) <= TOLERANCE_MS) return seenMs;
    throw new Error(`its clock is off by ${(seenMs / 1000).toFixed(1)} s, not ${(expectedMs / 1000).toFixed(1)} s`);
  }

  /** How far a fresh process of the container, told as the others are, is ahead of this machine. */
  async function clockOf({ environment }: Faked): Promise<number> {
    const exec = await ground.engine.createExec(id, ['date', '+%s.%N'], environment);
    const stream = await ground.engine.startExec(exec);
    let text = '';
    readFrames(stream, (piece) => {
      text += piece;
    });
    await new Promise((resolve) => stream.on('close', resolve).on('end', resolve).on('error', resolve));
    const clockMs = Number.parseFloat(text) * 1000;
    if (!/^\d+/.test(text)) throw new Error(`it has no \`date\` that tells its clock: ${text.trim().slice(0, 200)}`);
    return clockMs - Date.now();
  }

  async function dateOf(pid: number, from: string, signal: AbortSignal): Promise<number> {
    const helper = startHelper(pid, 'call');
    try {
      const call = { url: from, method: 'GET', headers: {}, expect: [], timeoutMs: CALL_TIMEOUT_MS };
      const { date } = await helper.ask({ call, ...namesOf(pid) }, answerShape, signal);
      if (date === undefined) throw new Error(`${from} answers without a Date`);
      return Date.parse(date) - Date.now();
    } finally {
      await helper.end();
    }
  }
}
