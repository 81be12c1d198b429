/** Containers for probes to look at, each removed by who made them, and looks at them through the real engine. */
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import type { OpenProbe, Probe, ProbeTarget, ProbeTools, Reading } from '../../probes/probe.ts';
import { connectEngine } from '../../runners/docker/engine.ts';
import { probeTools } from '../../runners/docker/probe-tools.ts';
import { noTools } from '../probes/looking.ts';

const LABEL = 'firedrill.scratch';
export const TIMEOUT_MS = 2000;
/** A database is made and filled at its first start. */
export const READY_MS_MAX = 60_000;

export interface ProbedContainers extends AsyncDisposable {
  readonly docker: Docker;
  start(image: string, command?: readonly string[]): Promise<Container>;
  targetOf(of: Container): Promise<ProbeTarget>;
  lookThrough(open: OpenProbe, target: ProbeTarget): Promise<Reading>;
  /** Opens, looks once and closes. */
  look(probe: Probe, settings: object, target: ProbeTarget): Promise<Reading>;
  /** Looks until the value is this; the last reading, if it never is. */
  lookUntil(open: OpenProbe, of: Container, value: unknown): Promise<Reading>;
}

async function targetOf(of: Container): Promise<ProbeTarget> {
  const { Id, Name, NetworkSettings } = await of.inspect();
  const addresses = Object.values(NetworkSettings.Networks).flatMap(({ IPAddress }) => (IPAddress ? [IPAddress] : []));
  return { id: Id, name: Name.slice(1), addresses };
}

export async function probedContainers(): Promise<ProbedContainers> {
  const docker = await connectEngine(process.env);
  const tools: ProbeTools = { ...noTools, ...probeTools(docker) };
  const made: Container[] = [];
  const lookThrough = (open: OpenProbe, target: ProbeTarget) =>
    open.look({ target, tools, signal: AbortSignal.timeout(TIMEOUT_MS), timeoutMs: TIMEOUT_MS });
  return {
    docker,
    async start(image, command) {
      const created = await docker.createContainer({
        Image: image,
        Labels: { [LABEL]: 'probes' },
        Env: ['REGION=test'],
        HostConfig: { Init: true },
        ...(command ? { Entrypoint: [...command] } : {}),
      });
      made.push(created);
      await created.start();
      return created;
    },
    targetOf,
    lookThrough,
    async look(probe, settings, target) {
      const open = probe.open(settings);
      const reading = await lookThrough(open, target);
      await open.close();
      return reading;
    },
    async lookUntil(open, of, value) {
      const untilMs = Date.now() + READY_MS_MAX;
      for (;;) {
        const reading = await lookThrough(open, await targetOf(of));
        if ((reading.status === 'ok' && reading.value === value) || Date.now() > untilMs) return reading;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async [Symbol.asyncDispose]() {
      for (const each of made) await each.remove({ force: true }).catch(() => {});
    },
  };
}
