/** The WebSockets of one virtual user. */
import type { Connections, NoWay } from '../connections.ts';
import type { HostSocketEvent, HostSocketOpening, HostSocketRequest, HostSockets } from '../host.ts';
import { errorOf } from './error-codes.ts';
import { ScriptSocket } from './script-socket.ts';

/** Open at the same time: one is opened in another's callback at most so deep. */
export const SOCKETS_OPEN_MAX = 100;

/** Told of what sockets come to. */
export interface SocketWatcher {
  /** Whether the peer answered the upgrade. */
  opened(answered: boolean): void;
  transferred(sentBytes: number, receivedBytes: number): void;
}

export class UserSockets implements HostSockets {
  readonly #connections: Connections;
  readonly #watcher: SocketWatcher;
  readonly #handshakeMsMax: number | undefined;
  readonly #open = new Map<number, ScriptSocket>();
  #made = 0;

  constructor(connections: Connections, watcher: SocketWatcher, handshakeMsMax?: number) {
    this.#connections = connections;
    this.#watcher = watcher;
    this.#handshakeMsMax = handshakeMsMax;
  }

  async open(request: HostSocketRequest): Promise<HostSocketOpening> {
    if (this.#open.size >= SOCKETS_OPEN_MAX) throw new Error(`ws: a virtual user has at most ${SOCKETS_OPEN_MAX} sockets open at once`);
    const way = this.#connections.wayOfSocket(request);
    if ('failure' in way) return this.#refused(way);
    this.#made += 1;
    const id = this.#made;
    const socket = new ScriptSocket({
      id,
      way,
      request,
      clock: { nowMs: () => this.#connections.nowMs() },
      handshakeMsMax: this.#handshakeMsMax,
      onGone: (sent, received) => this.#watcher.transferred(sent, received),
    });
    this.#open.set(id, socket);
    const opening = await socket.opening();
    if (opening.id === 0) this.#open.delete(id);
    this.#watcher.opened(opening.status !== 0);
    return opening;
  }

  async next(id: number, waitMs: number): Promise<HostSocketEvent | undefined> {
    const event = await this.#open.get(id)?.next(waitMs);
    if (event?.type === 'close') this.#open.delete(id);
    return event;
  }

  send(id: number, data: string | Uint8Array): boolean {
    return this.#open.get(id)?.send(data) ?? false;
  }

  ping(id: number): void {
    this.#open.get(id)?.ping();
  }

  close(id: number, code: number): void {
    this.#open.get(id)?.close(code);
    this.#open.delete(id);
  }

  /** Ends all at once. */
  cancel(): void {
    for (const socket of this.#open.values()) socket.drop();
    this.#open.clear();
  }

  #refused({ failure }: NoWay): HostSocketOpening {
    this.#watcher.opened(false);
    return { id: 0, status: 0, headers: [], body: '', subprotocol: '', connectingMs: 0, ...errorOf(failure) };
  }
}

/** The same sockets; whatever is waited for goes through `wait`. */
export function waitingSockets(sockets: HostSockets, wait: <Value>(start: () => Promise<Value>) => Promise<Value>): HostSockets {
  return {
    open: (request) => wait(() => sockets.open(request)),
    next: (id, waitMs) => wait(() => sockets.next(id, waitMs)),
    send: (id, data) => sockets.send(id, data),
    ping: (id) => sockets.ping(id),
    close: (id, code) => sockets.close(id, code),
  };
}
