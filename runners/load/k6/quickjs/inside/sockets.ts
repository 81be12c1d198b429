/** WebSockets as a script in QuickJS has them: each call goes over the bridge. */
import type { HostSocketEvent, HostSockets } from '../../host.ts';
import { ASK, WAIT } from '../bridge.ts';
import { bufferOf, bufferWith } from './packing.ts';

export interface SocketBridge {
  readonly ask: (what: number, text: string, bytes?: ArrayBuffer) => unknown;
  readonly wait: (what: number, text: string) => string;
}

export function socketsOutside({ ask, wait }: SocketBridge): HostSockets {
  return {
    open: async (request) => JSON.parse(wait(WAIT.socketOpen, JSON.stringify(request))),
    next: async (id, waitMs) => {
      const event: HostSocketEvent | null = JSON.parse(wait(WAIT.socketNext, JSON.stringify([id, waitMs])));
      return event?.type === 'binary'
        ? { type: 'binary', bytes: new Uint8Array(bufferOf(ask(ASK.socketBytes, ''))) }
        : (event ?? undefined);
    },
    send: (id, data) =>
      (typeof data === 'string'
        ? ask(ASK.socketSend, JSON.stringify([id, data]))
        : ask(ASK.socketSend, JSON.stringify([id]), bufferWith(data))) === 1,
    ping: (id) => void ask(ASK.socketPing, String(id)),
    close: (id, code) => void ask(ASK.socketClose, JSON.stringify([id, code])),
  };
}
