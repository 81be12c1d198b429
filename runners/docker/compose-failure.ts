/** Turning Compose's and the engine's words into one message: which port and who listens there, a full disk, or the last lines. */
import { EXIT, FiredrillError } from '../failure.ts';
import { listenerOf } from './listener.ts';

const PORT_TAKEN = /port is already allocated|address already in use|ports are not available/i;
export const DISK_FULL = /no space left on device|disk quota exceeded/i;
const IMAGE_MISSING = /(?:pull access denied for|No such image:?|manifest for|failed to resolve reference)\s+"?([^\s,"]+)/i;
/** Last lines of Compose's output that a message holds. */
const LINES_SHOWN = 8;

export interface ComposeOutput {
  readonly docker: object;
  readonly file: string;
  readonly output: string;
}

/** The error that this output means; always of exit code 7. */
export async function composeFailure({ docker, file, output }: ComposeOutput): Promise<FiredrillError> {
  if (PORT_TAKEN.test(output)) return portTaken(docker, portIn(output));
  if (DISK_FULL.test(output)) return diskFull(lastLines(output, 1));
  const image = IMAGE_MISSING.exec(output)?.[1];
  if (image)
    return unfit(
      'image-missing',
      `The image ${image} is neither on the engine nor to be had: ${lastLines(output, 2)}`,
      `Build or pull it, then type: firedrill up ${file}`,
    );
  return unfit(
    'compose-failed',
    `Compose could not do it for ${file}:\n${lastLines(output, LINES_SHOWN)}`,
    `Look at it by hand: docker compose -f ${file} up`,
  );
}

/** The error of a full disk, with the engine's own words. */
export function diskFull(words: string): FiredrillError {
  return unfit('disk-full', `The engine's disk is full: ${words}`, 'Free some space; docker system df shows what the engine holds.');
}

/** The host port in the engine's words: the first address of the line that tells of it. Undefined where there is none. */
export function portIn(output: string): number | undefined {
  const line = output.split('\n').find((each) => PORT_TAKEN.test(each)) ?? '';
  const port = /(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]*\]):(\d{1,5})\b/i.exec(line)?.[1];
  return port === undefined ? undefined : Number(port);
}

async function portTaken(docker: object, port: number | undefined): Promise<FiredrillError> {
  const who = port === undefined ? undefined : await listenerOf(docker, port);
  return unfit(
    'port-taken',
    port === undefined
      ? 'A port that the system publishes is taken.'
      : `Port ${port} is taken${who ? ` by ${who}` : ''}; the system publishes it.`,
    who ? `End ${who}, or let the system publish another port.` : 'See who listens: ss -ltnp',
  );
}

function unfit(code: string, message: string, hint: string): FiredrillError {
  return new FiredrillError(code, message, { hint, exitCode: EXIT.groundUnfit });
}

function lastLines(output: string, count: number): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n').trim();
}
