/** The program in the checker's container: reads what it is asked in its argument, prints what it saw as JSON. */
import type { Asked, Sections } from './asked.ts';
import { lookAtCgroups } from './cgroups.ts';
import { lookAtFiles } from './files.ts';
import { lookAtNetwork } from './network.ts';
import { allProcesses, lookAtProcesses, lookForOrphans } from './processes.ts';

const asked: Asked = JSON.parse(process.argv[2] ?? '');
// Before anything is started that would be among them.
const processes = allProcesses();
const sections: Sections = asked.wholeHost ? lookForOrphans(processes) : {};
for (const place of asked.places) {
  Object.assign(sections, lookAtProcesses(place, processes), lookAtCgroups(place), lookAtFiles(place));
}
for (const place of asked.places) Object.assign(sections, await lookAtNetwork(place.name, place.pid));
Object.assign(sections, await lookAtNetwork('host', asked.hostPid));
process.stdout.write(JSON.stringify(sections));
