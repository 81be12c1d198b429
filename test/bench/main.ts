/** `npm run bench [-- fabric drill faults http2 impair library load probes proxy]`: prints the figures that docs/figures.md keeps. */
import { cpus, release, totalmem } from 'node:os';
import { benchDrill } from './drill.ts';
import { benchFabric } from './fabric.ts';
import { benchFaults } from './faults/bench-faults.ts';
import { benchHttp2 } from './http2.ts';
import { benchImpair } from './impair.ts';
import { benchLibrary } from './library.ts';
import { benchLoad } from './load.ts';
import { benchProbes } from './probes.ts';
import { benchProxy } from './proxy.ts';

const SECTIONS = {
  fabric: benchFabric,
  drill: benchDrill,
  faults: benchFaults,
  http2: benchHttp2,
  impair: benchImpair,
  library: (print: (text: string) => void) => benchLibrary(print),
  load: benchLoad,
  probes: benchProbes,
  proxy: benchProxy,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(SECTIONS, name));
if (unknown.length > 0) {
  console.error(`bench: there is no section '${unknown.join("', '")}'\n  hint: one of ${Object.keys(SECTIONS).join(', ')}`);
  process.exit(4);
}
console.log(`${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 1e9)} GB, Linux ${release()}, Node ${process.version}\n`);
for (const [name, bench] of Object.entries(SECTIONS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  await bench((text) => console.log(text));
  console.log();
}
