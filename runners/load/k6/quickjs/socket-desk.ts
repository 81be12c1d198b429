/** The WebSockets of a script in QuickJS, outside: its host's, over the bridge. */
import type { HostSockets } from '../host.ts';
import { ASK, WAIT } from './bridge.ts';
import type { Answer } from './machine.ts';

type Say = (text: string, bytes: Uint8Array | undefined) => Answer;

/** What is answered at once. Texts are `[id, more]` as JSON. */
export function socketAnswers(sockets: HostSockets): Readonly<Record<number, Say>> {
  return {
    [ASK.socketSend]: (text, bytes) => {
      const [id, data]: [number, string | undefined] = JSON.parse(text);
      return Number(sockets.send(id, data ?? bytes ?? ''));
    },
    [ASK.socketPing]: (text) => void sockets.ping(Number(text)),
    [ASK.socketClose]: (text) => {
      const [id, code]: [number, number] = JSON.parse(text);
      sockets.close(id, code);
      return undefined;
    },
  };
}

/** What is waited for, as text; the bytes of a message go beside it. */
export async function waitForSocket(
  sockets: HostSockets,
  what: number,
  text: string,
): Promise<{ readonly text: string; readonly bytes?: Uint8Array }> {
  if (what === WAIT.socketOpen) return { text: JSON.stringify(await sockets.open(JSON.parse(text))) };
  const [id, waitMs]: [number, number] = JSON.parse(text);
  const event = await sockets.next(id, waitMs);
  if (event?.type === 'binary') return { text: '{"type":"binary"}', bytes: event.bytes };
  return { text: JSON.stringify(event ?? null) };
}
