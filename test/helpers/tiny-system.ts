/** The tiny system of test/fixtures/tiny, under a project name of the test's own, and experiments on it. */
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { connectEngine } from '../../runners/docker/engine.ts';
import { COMPOSE_LABEL, LABEL } from '../../runners/docker/labels.ts';
import { firedrill, type Outcome, type Running, root, startFiredrill } from './firedrill-process.ts';

export interface TinySystem {
  readonly folder: string;
  readonly project: string;
  readonly docker: Docker;
  /** Writes an experiment beside the Compose file and returns its name. */
  experiment(text: string): Promise<string>;
  run(args: readonly string[], environment?: Record<string, string>): Promise<Outcome>;
  start(args: readonly string[], environment?: Record<string, string>): Running;
  /** Containers of the project and what firedrill made for this folder's runs, by name and state; others may be at work beside. */
  containers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Makes a folder with the Compose file in it; nothing is started. */
export async function tinySystem(name: string): Promise<TinySystem> {
  const folder = await mkdtemp(join(tmpdir(), `firedrill-${name}-`));
  await cp(join(root, 'test/fixtures/tiny/compose.yaml'), join(folder, 'compose.yaml'));
  const project = `firedrill-test-${name}`;
  const docker = await connectEngine(process.env);
  const environment = { COMPOSE_PROJECT_NAME: project };
  const find = (label: string) => docker.listContainers({ all: true, filters: { label: [label] } });
  let experiments = 0;
  return {
    folder,
    project,
    docker,
    async experiment(text) {
      experiments += 1;
      const file = `experiment-${experiments}.yaml`;
      await writeFile(join(folder, file), text);
      return file;
    },
    run: (args, extra = {}) => firedrill(args, folder, { ...environment, ...extra }),
    start: (args, extra = {}) => startFiredrill(args, folder, { ...environment, ...extra }),
    async containers() {
      const runs = await readdir(join(folder, '.firedrill/runs')).catch((): string[] => []);
      const made = (await find(LABEL.role)).filter(
        (each) => runs.includes(each.Labels[LABEL.run] ?? '') || each.Labels[LABEL.lock] === project,
      );
      return [...(await find(`${COMPOSE_LABEL.project}=${project}`)), ...made].map((each) => `${each.Names[0]} ${each.State}`).sort();
    },
    async close() {
      await firedrill(['down', 'compose.yaml'], folder, environment);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An experiment on the tiny system: a fault on the allowed container, without load unless it is given. */
export function tinyExperiment(
  parts: { fault?: string; target?: string; url?: string; hypothesis?: string; duration?: string } = {},
): string {
  const { fault = 'container-pause', target = 'allowed', url = 'http://127.0.0.1:1/', duration = '20s' } = parts;
  return `title: A tiny drill
system: compose.yaml
targets: {allowed: {service: ${target}}}
load:
  scenarios:
    all: {executor: constant-arrival-rate, rate: 10, duration: 60s, requests: [{url: "${url}"}]}
probes:
  state: {probe: container, target: allowed, every: 250ms}
steady-state-hypothesis:
  - ${parts.hypothesis ?? '{reading: state, tolerance: running}'}
method:
  - {at: 3s, fault: ${fault}, target: allowed, duration: ${duration}}
objectives:
  comes-back:
    good: {reading: state, tolerance: running}
    recovered-within: 5s
limits: {max-share: 100%}
`;
}
