/** Paths in a load, which count from the folder of the experiment, made such that the load's own process finds them. */
import type { ExperimentFiles } from './files.ts';
import type { Scenario } from './load.ts';
import type { Connect } from './load-connect.ts';
import type { DataGenerator } from './load-data.ts';

type WithBody = { readonly 'body-file'?: string | undefined };

function bodyFile<Sent extends WithBody>(sent: Sent, files: ExperimentFiles): Sent {
  return sent['body-file'] === undefined ? sent : { ...sent, 'body-file': files.resolve(sent['body-file']) };
}

function dataFile(data: DataGenerator, files: ExperimentFiles): DataGenerator {
  if ('csv' in data) return { ...data, csv: files.resolve(data.csv) };
  return 'json' in data ? { ...data, json: files.resolve(data.json) } : data;
}

function connectFiles(connect: Connect, files: ExperimentFiles): Connect {
  if (!connect.tls) return connect;
  const resolved = (path: string | undefined) => (path === undefined ? undefined : files.resolve(path));
  const { ca, cert, key } = connect.tls;
  return { ...connect, tls: { ...connect.tls, ca: resolved(ca), cert: resolved(cert), key: resolved(key) } };
}

/** The scenario with its paths resolved. */
export function scenarioFiles(scenario: Scenario, files: ExperimentFiles): Scenario {
  const chains = scenario.chains?.map((chain) => ({
    ...chain,
    steps: chain.steps.map((step) => ('think' in step ? step : bodyFile(step, files))),
  }));
  return {
    ...scenario,
    requests: scenario.requests.map((request) => bodyFile(request, files)),
    ...(chains ? { chains } : {}),
    ...(scenario.connect ? { connect: connectFiles(scenario.connect, files) } : {}),
    data: Object.fromEntries(Object.entries(scenario.data).map(([name, data]) => [name, dataFile(data, files)])),
  };
}
