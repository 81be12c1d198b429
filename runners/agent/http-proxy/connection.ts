/**
 * One client's connection through the proxy. Requests and responses go their own way at their own pace; a queue of
 * exchanges between them keeps the order, pipelined requests included.
 *
 *   client ── head, body ──▶ choose ─▶ hold ─▶ upstream
 *                              │ exchange
 *                              ▼
 *   client ◀── head, body, cut, made up ◀── upstream
 *
 * What is not surely HTTP/1.x goes through as it is, both ways, from the first byte that is not.
 */
import type { Socket } from 'node:net';
import { passAll, passBody } from './body.ts';
import type { Choice, Faults } from './faults.ts';
import { asksToSwitch, mayBeRequest, parseRequest, parseResponse, type RequestHead, requestFraming, responseFraming } from './head.ts';
import { closingHead, renderResponse } from './made-up.ts';
import { readHead } from './read-head.ts';
import { send, sourceOf } from './source.ts';

/** How long a client may take to close its side after we closed ours. */
const LINGER_MS = 2_000;
const NOTHING = Buffer.alloc(0);

interface Exchange {
  readonly method: string;
  readonly choice: Choice | undefined;
  /** The client waits for leave to send its body, so that nobody knows whether one comes after a made-up answer. */
  readonly expects: boolean;
  readonly switched: PromiseWithResolvers<boolean>;
}

export interface Connection {
  /** From here on nothing is meddled with, and the connection ends after the response that is under way, or the next. */
  drain(): void;
  cut(): void;
}

export function serve(client: Socket, upstream: Socket, faults: Faults): Connection {
  const requests = sourceOf(client);
  const responses = sourceOf(upstream);
  const queue: Exchange[] = [];
  let raw = false;
  let draining = false;
  bind(client, upstream);

  const passRequestsOn = () => {
    raw = true;
    responses.poke();
    return passAll(requests, upstream);
  };
  const enqueue = (request: RequestHead, choice: Choice | undefined): Exchange => {
    const exchange = { method: request.method, choice, expects: request.headers.has('expect'), switched: Promise.withResolvers<boolean>() };
    queue.push(exchange);
    responses.poke();
    return exchange;
  };

  async function readRequests(): Promise<void> {
    for (;;) {
      const head = await readHead(requests, mayBeRequest);
      const request = head && parseRequest(head);
      const framing = request && requestFraming(request);
      if (!head || !request || !framing) {
        requests.unread(head ?? NOTHING);
        if (!requests.ended()) faults.sawOther();
        return passRequestsOn();
      }
      const choice = faults.choose(request);
      if (choice?.delayMs !== undefined) await faults.hold(choice.delayMs, client);
      if (client.destroyed || client.writableEnded) return;
      const exchange = enqueue(request, choice);
      const sink = choice?.answer || choice?.abort ? undefined : upstream;
      const passed = await passBody(requests, sink, { framing, head: sink ? head : NOTHING });
      if (passed === 'broken' || (asksToSwitch(request) && (await exchange.switched.promise))) return passRequestsOn();
    }
  }

  async function writeResponses(): Promise<void> {
    for (;;) {
      const exchange = queue[0];
      if (exchange?.choice?.abort) return reset(exchange.choice);
      if (exchange?.choice?.answer) {
        if (!(await makeUp(exchange, exchange.choice))) return undefined;
      } else if (responses.peek() === undefined && !responses.ended() && !(raw && !exchange)) {
        await responses.stirred();
        continue;
      } else if (!exchange || !(await passResponse(exchange))) return passAll(responses, client);
      queue.shift();
    }
  }

  /** False where the connection ends after it. */
  async function makeUp(exchange: Exchange, choice: Choice): Promise<boolean> {
    if (!choice.answer) return true;
    const close = exchange.expects || draining;
    exchange.switched.resolve(false);
    faults.didHit(choice);
    await send(client, renderResponse(choice.answer, exchange.method, close));
    if (close) finish();
    return !close;
  }

  function reset(choice: Choice): void {
    faults.didHit(choice);
    client.resetAndDestroy();
    upstream.destroy();
  }

  /** False where what follows is not HTTP, or nothing follows. */
  async function passResponse({ method, choice, switched }: Exchange): Promise<boolean> {
    for (;;) {
      const head = await readHead(responses, () => true);
      const response = head && parseResponse(head);
      if (!head || !response) {
        responses.unread(head ?? NOTHING);
        switched.resolve(true);
        return false;
      }
      const switches = response.status === 101 || (method === 'CONNECT' && response.status < 300);
      if (switches || response.status < 200) {
        await send(client, head);
        if (!switches) continue;
        switched.resolve(true);
        return false;
      }
      switched.resolve(false);
      const framing = responseFraming(response, method);
      const limitBytes = choice?.cut?.(framing);
      const close = draining;
      const passed = await passBody(responses, client, {
        framing,
        head: close ? closingHead(head) : head,
        ...(limitBytes === undefined ? {} : { limitBytes }),
      });
      if (passed === 'cut' && choice) faults.didHit(choice);
      // Where the end of the connection is the end of the body, a cut would look like the end; so it is made an error.
      if (passed === 'cut' && framing.kind === 'until-end') client.write('', () => client.resetAndDestroy());
      else if (passed === 'cut' || close) finish();
      if (passed === 'cut' || close) upstream.destroy();
      return passed === 'whole' && framing.kind !== 'until-end' && !close;
    }
  }

  function finish(): void {
    client.end();
    setTimeout(() => client.destroy(), LINGER_MS).unref();
  }

  const cut = () => {
    client.destroy();
    upstream.destroy();
  };
  // What goes wrong on one connection must not end the others.
  readRequests().catch(cut);
  writeResponses().catch(cut);
  return {
    cut,
    drain() {
      draining = true;
    },
  };
}

/** Each side's end and each side's reset is passed on to the other. */
function bind(client: Socket, upstream: Socket): void {
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => other.resetAndDestroy());
    one.on('close', () => other.destroySoon());
  }
}
