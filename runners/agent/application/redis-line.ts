/**
 * A connection to Redis that can do the little a freeze needs, and one thing more than a client: go on after MONITOR.
 * A monitoring connection counts as a replica, which CLIENT PAUSE does not hold back; so the one that paused all can end it.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** Longest wait for a connection. */
const CONNECT_TIMEOUT_MS = 5_000;
/** What MONITOR tells: `+1795257931.55 [0 127.0.0.1:37234] "ping"`. */
const MONITORED = /^\+\d+\.\d+ \[/;

export interface RedisLine {
  /** Sends a command whose answer is one line; rejects with Redis' words for an error. */
  send(...words: readonly string[]): Promise<string>;
  close(): void;
}

/** The command as Redis reads it: lengths in bytes, so that nothing in a word can end it. */
export function encodeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

export async function openRedisLine(port: number): Promise<RedisLine> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  let lost: Error | undefined;
  const lose = (error: Error) => {
    lost ??= error;
    for (const each of waiting.splice(0)) each.reject(error);
  };
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(new Error(`no answer on port ${port}`)), CONNECT_TIMEOUT_MS);
    socket.once('connect', resolve).once('error', reject);
    socket.once('close', () => clearTimeout(late)).once('connect', () => clearTimeout(late));
  });
  socket.on('error', lose).on('close', () => lose(new Error('Redis closed the connection')));
  createInterface({ input: socket }).on('line', (line) => {
    if (MONITORED.test(line)) return;
    const next = waiting.shift();
    if (line.startsWith('-')) next?.reject(new Error(line.slice(1)));
    else next?.resolve(line.slice(1));
  });
  return {
    send(...words) {
      if (lost) return Promise.reject(lost);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        socket.write(encodeCommand(words));
      });
    },
    close: () => socket.destroy(),
  };
}
