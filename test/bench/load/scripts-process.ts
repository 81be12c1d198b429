/** Virtual users of a script at full speed in a process of their own: `node scripts-process.ts ENGINE SCRIPT USERS SECONDS`, with `BASE` in the environment. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Connections } from '../../../runners/load/k6/connections.ts';
import { loadScript } from '../../../runners/load/k6/load-script.ts';
import { Log } from '../../../runners/load/k6/log.ts';
import { OpenFiles } from '../../../runners/load/k6/open-files.ts';
import { ScriptTest } from '../../../runners/load/k6/script-test.ts';
import { Vu } from '../../../runners/load/k6/vu.ts';
import { runClock } from '../../../runners/load/pacing/clock.ts';
import { cpuUs } from './shared.ts';

export interface ScriptCost {
  readonly iterations: number;
  /** CPU time of one iteration. */
  readonly us: number;
  /** Of one virtual user before its first iteration. */
  readonly heapKb: number;
  readonly residentKb: number;
  /** Time until one virtual user is there. */
  readonly initMs: number;
}

/** Iterations of all virtual users before the clock starts: code is compiled, connections are open. */
const WARM_UP = 3000;

const [engine = '', path = '', usersText = '', secondsText = ''] = process.argv.slice(2);
if (engine !== 'transform' && engine !== 'quickjs') throw new Error(`there is no engine ${engine}`);
const [users, seconds] = [Number(usersText), Number(secondsText)];

setFlagsFromString('--expose-gc');
const collect = (): void => runInNewContext('gc')();

const script = await loadScript(path, process.cwd(), engine);
const clock = runClock(process.hrtime.bigint());
const test = new ScriptTest({
  clock,
  seed: 1,
  log: new Log(({ text }) => process.stderr.write(`${text}\n`)),
  files: new OpenFiles(path),
  environment: { BASE: process.env['BASE'] ?? '' },
  taps: [],
});
const connections = new Connections({ clock });
/** One ahead: what is made once and shared is not counted. */
await new Vu({ test, script, connections, id: 0 }).exports;
collect();
const before = { ...process.memoryUsage(), atMs: performance.now() };
const all = Array.from({ length: users }, (_, index) => new Vu({ test, script, connections, id: index + 1 }));
await Promise.all(all.map(({ exports }) => exports));
const initMs = (performance.now() - before.atMs) / users;
collect();
const after = process.memoryUsage();

let done = 0;
async function iterate(vu: Vu, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    vu.begin(clock.nowMs(), done, { keepsCookies: false });
    await vu.call('default', undefined);
    done += 1;
  }
}
const sweeping = setInterval(() => connections.sweep(clock.nowMs()), 20);
await Promise.all(all.map((vu) => iterate(vu, () => done < WARM_UP)));
const [doneBefore, cpuBefore, untilMs] = [done, process.cpuUsage(), performance.now() + seconds * 1000];
await Promise.all(all.map((vu) => iterate(vu, () => performance.now() < untilMs)));
const iterations = done - doneBefore;
clearInterval(sweeping);
const cost: ScriptCost = {
  iterations,
  us: cpuUs(cpuBefore) / iterations,
  heapKb: (after.heapUsed - before.heapUsed) / 1024 / users,
  residentKb: (after.rss - before.rss) / 1024 / users,
  initMs,
};
process.stdout.write(JSON.stringify(cost), () => process.exit());
