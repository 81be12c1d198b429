/** Asks a proxy for a way through: CONNECT (RFC 9110, 9.3.6). */
import type { Socket } from 'node:net';

/** What a proxy may say before it lets through. */
const ANSWER_BYTES_MAX = 16_384;

/** Throws nothing; `done` is called once, with an error (`FIREDRILL_PROXY`) where the proxy refuses. Deadlines and lost sockets are the caller's. */
export function openTunnel(socket: Socket, to: string, authorization: string, done: (error?: Error) => void): void {
  let answer = Buffer.alloc(0);
  const read = (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk]);
    const end = answer.indexOf('\r\n\r\n');
    if (end < 0 && answer.length <= ANSWER_BYTES_MAX) return;
    socket.off('data', read);
    const line = answer.toString('latin1', 0, Math.max(0, answer.indexOf('\r\n')));
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(line)?.[1];
    if (end < 0 || status === undefined) done(refusal(`the proxy's answer to CONNECT ${to} is not HTTP`));
    else if (!status.startsWith('2')) done(refusal(`the proxy answered CONNECT ${to} with '${line.slice(0, 200)}'`));
    else if (answer.length > end + 4) done(refusal(`the proxy sent more than its answer to CONNECT ${to}`));
    else done();
  };
  socket.on('data', read);
  const credentials = authorization === '' ? '' : `Proxy-Authorization: ${authorization}\r\n`;
  socket.write(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n${credentials}\r\n`);
}

function refusal(message: string): Error {
  return Object.assign(new Error(message), { code: 'FIREDRILL_PROXY' });
}
