/**
 * Runs inside a container, with HOST series|pings|bursts COUNT WAIT_MS. Sends datagrams to the echo's port 7001: a series 5 ms
 * apart; pings, each after the answer to the last; or bursts of ten that the other end keeps up with. Prints one line of JSON.
 */
import { createSocket } from 'node:dgram';

const [host, kind, countText, waitText] = process.argv.slice(1);
const [count, waitMs] = [Number(countText), Number(waitText)];
const now = () => Number(process.hrtime.bigint()) / 1e6;
const socket = createSocket('udp4');
const answered = new Set();
const ms = [];
let sent = 0;
let pinged = () => {};

socket.on('message', (message) => {
  const [number, sentMs] = String(message).split(' ').map(Number);
  if (answered.has(number)) return;
  answered.add(number);
  ms.push(now() - sentMs);
  pinged();
});
await new Promise((resolve) => socket.connect(7001, host, resolve));

const sleep = (timeMs) => new Promise((resolve) => setTimeout(resolve, timeMs));
const send = () => socket.send(`${sent++} ${now()}`.padEnd(64), () => {});
if (kind === 'series') {
  for (; sent < count; await sleep(5)) send();
} else if (kind === 'pings') {
  while (sent < count) {
    const answer = new Promise((resolve) => {
      pinged = resolve;
    });
    send();
    await answer;
  }
} else {
  for (; sent < count; await sleep(2)) for (let each = 0; each < 10; each += 1) send();
}
await sleep(waitMs);
const missing = Array.from({ length: sent }, (_, number) => number).filter((number) => !answered.has(number));
const told = { ms: kind === 'bursts' ? [] : ms, missing };
process.stdout.write(JSON.stringify(told), () => process.exit(0));
