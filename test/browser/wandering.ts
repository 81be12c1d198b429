/** A process for tests to kill: it plays one long journey on the address that it is given, and tells nobody. */
import { browser } from '../../probes/browser.ts';
import { lookOnce } from '../probes/looking.ts';

const [address = ''] = process.argv.slice(2);
const probe = browser.open({ steps: [{ open: address }, { wait: '60s' }] });
await lookOnce(probe, { timeoutMs: 90_000 });
await probe.close();
