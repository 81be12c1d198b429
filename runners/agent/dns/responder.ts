/** Listens in place of one resolver, over UDP and TCP: answers the questions that are meant, and passes the others on untouched. */
import { createSocket, type Socket as Datagrams, type RemoteInfo } from 'node:dgram';
import { connect, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { framed, frames } from './frames.ts';
import { type DnsOrders, verdictOn } from './orders.ts';

const DNS_PORT = 53;
/** Longest wait for a resolver's answer; who asked has given up by then. */
const FORWARD_MS = 10_000;
/** Questions under way at once; what comes beyond goes unanswered, and is counted. */
const UNDER_WAY_MAX = 1_000;

export interface Counts {
  questions: number;
  hit: number;
  underWay: number;
  overflowed: number;
}

export interface Course {
  readonly counts: Counts;
  /** What becomes of a message. */
  verdict(message: Buffer): 'forward' | 'silence' | Buffer;
  /** Everything goes on from here on. */
  off(): void;
}

export function courseOf(orders: DnsOrders): Course {
  const counts: Counts = { questions: 0, hit: 0, underWay: 0, overflowed: 0 };
  let over = false;
  return {
    counts,
    verdict(message) {
      counts.questions += 1;
      const verdict = over ? 'forward' : verdictOn(message, orders);
      if (verdict !== 'forward') counts.hit += 1;
      if (verdict !== 'forward' || counts.underWay < UNDER_WAY_MAX) return verdict;
      counts.overflowed += 1;
      return 'silence';
    },
    off() {
      over = true;
    },
  };
}

export interface Upstream {
  readonly address: string;
  /** Other than 53 in tests alone. */
  readonly port?: number;
}

export interface Listening {
  readonly port: number;
  close(): void;
}

export async function respondToDatagrams({ address, port = DNS_PORT }: Upstream, course: Course): Promise<Listening> {
  const own = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  own.on('error', () => {});
  own.on('message', (message, from) => {
    const verdict = course.verdict(message);
    if (verdict === 'silence') return;
    if (verdict !== 'forward') own.send(verdict, from.port, from.address);
    else forward(own, message, from, { address, port, counts: course.counts });
  });
  await new Promise<void>((resolve, reject) => {
    own.once('error', reject).bind(0, isIPv6(address) ? '::1' : '127.0.0.1', resolve);
  });
  return { port: own.address().port, close: () => own.close() };
}

function forward(own: Datagrams, message: Buffer, from: RemoteInfo, to: Required<Upstream> & { readonly counts: Counts }): void {
  const asking = createSocket(isIPv6(to.address) ? 'udp6' : 'udp4');
  to.counts.underWay += 1;
  const done = () => {
    clearTimeout(timeout);
    to.counts.underWay -= 1;
    asking.off('error', done).on('error', () => {});
    asking.close();
  };
  const timeout = setTimeout(done, FORWARD_MS);
  asking.once('error', done);
  asking.once('message', (answer) => {
    own.send(answer, from.port, from.address);
    done();
  });
  // Not by a callback, which would be told of a failure in place of the error event.
  asking.once('connect', () => asking.send(message));
  asking.connect(to.port, to.address);
}

export async function respondToConnections({ address, port = DNS_PORT }: Upstream, course: Course): Promise<Listening> {
  const server: Server = createServer((client) => serve(client, () => connect({ host: address, port }), course));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, isIPv6(address) ? '::1' : '127.0.0.1', resolve);
  });
  const own = server.address();
  return { port: typeof own === 'object' && own ? own.port : 0, close: () => server.close() };
}

/** The resolver is connected to by the first question that goes on. */
function serve(client: Socket, open: () => Socket, course: Course): void {
  const questions = frames();
  const answers = frames();
  let upstream: Socket | undefined;
  const resolver = () => {
    if (upstream) return upstream;
    upstream = open();
    course.counts.underWay += 1;
    upstream.on('data', (bytes) => {
      for (const answer of answers.take(bytes)) client.write(framed(answer));
    });
    upstream.on('error', () => client.resetAndDestroy());
    upstream.on('close', () => {
      course.counts.underWay -= 1;
      client.destroySoon();
    });
    return upstream;
  };
  client.on('data', (bytes) => {
    for (const message of questions.take(bytes)) {
      const verdict = course.verdict(message);
      if (verdict === 'forward') resolver().write(framed(message));
      else if (verdict !== 'silence') client.write(framed(verdict));
    }
  });
  client.on('error', () => upstream?.destroy());
  client.on('close', () => upstream?.destroySoon());
}
