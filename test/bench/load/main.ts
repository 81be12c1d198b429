/** The benches of the load, each alone: `node test/bench/load/main.ts [recorder wakers rates growth clients scripts]`. */
import { loadavg } from 'node:os';
import { benchClients } from './clients.ts';
import { benchGrowth } from './growth.ts';
import { benchRates } from './rates.ts';
import { benchRecorder } from './recorder.ts';
import { benchScripts } from './scripts.ts';
import { print } from './shared.ts';
import { benchWakers } from './wakers.ts';

const PARTS: Readonly<Record<string, () => void | Promise<void>>> = {
  recorder: benchRecorder,
  wakers: benchWakers,
  rates: benchRates,
  growth: benchGrowth,
  clients: benchClients,
  scripts: benchScripts,
};

const asked = process.argv.slice(2);
print(`Load average before: ${loadavg()[0]?.toFixed(1)}`);
for (const [name, bench] of Object.entries(PARTS)) if (asked.length === 0 || asked.includes(name)) await bench();
