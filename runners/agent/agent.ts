/**
 * What the agent's one bundle can be: the agent itself, or, with a name as its first argument, one of the programs that the agent
 * starts in its targets. Each is loaded only where it is asked for, so that a program starts with nothing but its own.
 */

const PROGRAMS: Readonly<Record<string, () => Promise<number>>> = {
  agent: async () => (await import('./serve-orders.ts')).serveOrders(),
  'connection-hog': async () => (await import('./hog-program.ts')).runConnectionHog(),
  'dns-asker': async () => (await import('./dns/ask.ts')).runDnsAsker(),
  'dns-responder': async () => (await import('./dns/program.ts')).runDnsResponder(),
  'http-proxy': async () => (await import('./http-proxy/program.ts')).runHttpProxy(),
  tagged: async () => (await import('./tagged.ts')).runTagged(),
};

const [name = 'agent'] = process.argv.slice(2);
const program = PROGRAMS[name];
if (!program) throw new Error(`there is no program '${name}'`);
process.exit(await program());
