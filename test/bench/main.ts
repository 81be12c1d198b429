/** `npm run bench [-- fabric drill faults ground-truth http2 impair library load probes proxy]`: prints the figures that docs/figures.md keeps. */
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchDrill } from './drill.ts';
import { benchFabric } from './fabric.ts';
import { benchFaults } from './faults/bench-faults.ts';
import { benchGroundTruth } from './ground-truth/ground-truth.ts';
import { benchHttp2 } from './http2.ts';
import { benchImpair } from './impair.ts';
import { benchLibrary } from './library.ts';
import { benchLoad } from './load.ts';
import { benchProbes } from './probes.ts';
import { benchProxy } from './proxy.ts';

const { values, positionals: asked } = argumentsOf();
const outages = values.outages === undefined ? undefined : Number(values.outages);
if (outages !== undefined && !(Number.isInteger(outages) && outages >= 1))
  refuse(`--outages is '${values.outages}'`, 'a whole number from 1 on');

const SECTIONS = {
  fabric: benchFabric,
  drill: benchDrill,
  faults: benchFaults,
  'ground-truth': (print: (text: string) => void) => benchGroundTruth(print, { outages, write: values.write }),
  http2: benchHttp2,
  impair: benchImpair,
  library: (print: (text: string) => void) => benchLibrary(print),
  load: benchLoad,
  probes: benchProbes,
  proxy: benchProxy,
};

const unknown = asked.filter((name) => !Object.hasOwn(SECTIONS, name));
if (unknown.length > 0) refuse(`there is no section '${unknown.join("', '")}'`, `one of ${Object.keys(SECTIONS).join(', ')}`);
console.log(`${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 1e9)} GB, Linux ${release()}, Node ${process.version}\n`);
for (const [name, bench] of Object.entries(SECTIONS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  if ((await bench((text) => console.log(text))) === false) process.exitCode = 1;
  console.log();
}

function argumentsOf() {
  try {
    return parseArgs({ allowPositionals: true, options: { outages: { type: 'string' }, write: { type: 'boolean' } } });
  } catch (error) {
    return refuse(
      error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error),
      'flags are --outages N and --write, both of ground-truth',
    );
  }
}

function refuse(message: string, hint: string): never {
  console.error(`bench: ${message}\n  hint: ${hint}`);
  process.exit(4);
}
