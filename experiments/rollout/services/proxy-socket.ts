/** HAProxy's runtime socket: its counters, and servers taken in and out of rotation. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Served } from './guard.ts';

const ANSWER_MS_MAX = 2000;

/** One command, one connection, one answer. Rejects where there is none in time. */
export async function askProxy(command: string): Promise<string> {
  const socket = connect({ host: 'proxy', port: 9999 });
  socket.setTimeout(ANSWER_MS_MAX, () => socket.destroy(new Error('the proxy does not answer')));
  socket.end(`${command}\n`);
  return await text(socket);
}

/** What each backend has answered since the proxy started, in the CSV of `show stat`. Pure. */
export function servedBy(csv: string): ReadonlyMap<string, Served> {
  const [head = '', ...lines] = csv.trim().split('\n');
  const names = head.replace(/^# /, '').split(',');
  const columns = ['pxname', 'svname', 'req_tot', 'hrsp_5xx'].map((name) => names.indexOf(name));
  return new Map(
    lines.flatMap((line) => {
      const cells = line.split(',');
      const [proxy = '', server, all, failed] = columns.map((column) => cells[column] ?? '');
      return server === 'BACKEND' ? [[proxy, { all: Number(all), failed: Number(failed) }]] : [];
    }),
  );
}
