/** What the tests of probes share: tools that nobody may use, and one look with a limit. */
import type { OpenProbe, Probe, ProbeTarget, ProbeTools, Reading } from '../../probes/probe.ts';

/** Tools that fail the test when a probe reaches for the engine without need. */
export const noTools: ProbeTools = {
  inspect: () => Promise.reject(new Error('no probe here may inspect')),
  exec: () => Promise.reject(new Error('no probe here may exec')),
  log: () => {
    throw new Error('no probe here may read a log');
  },
  stats: () => Promise.reject(new Error('no probe here may read stats')),
  nowMs: () => performance.now(),
  measureLoad: () => {
    throw new Error('no probe here may measure the load');
  },
  keepScreenshot: async () => undefined,
};

export const someTarget: ProbeTarget = { id: 'c0ffee', name: 'cache-1', addresses: ['127.0.0.1'] };

/** One look through an open probe; the limit is long unless a test is about the limit. */
export function lookOnce(
  open: OpenProbe,
  { target, tools = noTools, timeoutMs = 5000 }: { target?: ProbeTarget; tools?: ProbeTools; timeoutMs?: number } = {},
): Promise<Reading> {
  return open.look({ target, tools, signal: AbortSignal.timeout(timeoutMs), timeoutMs });
}

/** Opens, looks once and closes. */
export async function look(probe: Probe, settings: object, how: Parameters<typeof lookOnce>[1] = {}): Promise<Reading> {
  const open = probe.open(settings);
  try {
    return await lookOnce(open, how);
  } finally {
    await open.close();
  }
}
