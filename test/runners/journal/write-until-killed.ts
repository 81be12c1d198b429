/** Run by a test, which kills it: appends to the journal in the folder given, and prints the number of each synced event once it is on disk. */
import { openJournal } from '../../../runners/journal/writer.ts';

const journal = await openJournal(process.argv[2] ?? '');
for (let number = 0; ; number += 1) {
  for (let frame = 0; frame < 20; frame += 1) journal.append({ type: 'note', level: 'info', text: `between ${'x'.repeat(200)}` });
  await journal.appendSynced({ type: 'fault.intended', fault: String(number) });
  process.stdout.write(`${number}\n`);
}
