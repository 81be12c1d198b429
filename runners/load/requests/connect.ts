/** A scenario's `connect` as the transport wants it: files read, proxies known. */
import type tls from 'node:tls';
import type { Scenario } from '../../../experiments/language/experiment.ts';
import type { Connect } from '../../../experiments/language/load-connect.ts';
import { EXIT, FiredrillError } from '../../failure.ts';
import { proxiesFrom, proxyForAll } from '../transport/proxies.ts';
import { type ConnectOptions, routeTo } from '../transport/route.ts';
import { readLimited } from './data-files.ts';
import type { PreparedIterations } from './iterations.ts';

/** Certificates and keys are a few kilobytes each; a system's whole list of authorities is a few hundred. */
const PEM_BYTES_MAX = 4 * 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws FiredrillError `load.tls` where a file cannot be read, `load.proxy` where a proxy is none. */
export function connectOptions({ name, connect }: Pick<Scenario, 'name' | 'connect'>, environment: Environment): ConnectOptions {
  if (!connect) return { proxy: proxiesFrom(environment) };
  const { http2, hosts, proxy, retryDeadConnections: retryRested } = connect;
  return {
    http2,
    hosts,
    retryRested,
    proxy: proxy === 'none' ? undefined : proxy === 'environment' ? proxiesFrom(environment) : proxyForAll(proxy),
    ...(connect.tls ? { tls: tlsOptions(connect.tls, name) } : {}),
  };
}

/** Finds out beforehand that there is a way to each host; throws FiredrillError where there is none. */
export function assertRoutes(scenario: Scenario, { all }: PreparedIterations, environment: Environment = process.env): void {
  const options = connectOptions(scenario, environment);
  const requests = all.flatMap(({ steps }) => steps.flatMap((step) => (step.type === 'request' ? [step.request] : [])));
  for (const origin of new Map(requests.map(({ origin }) => [origin.text, origin])).values()) routeTo(origin, options);
}

function tlsOptions(settings: NonNullable<Connect['tls']>, scenario: string): tls.ConnectionOptions {
  const { ca, cert, key, passphrase, servername, minVersion, maxVersion, ciphers, insecureSkipTLSVerify } = settings;
  const given = {
    ca: pem(ca, scenario),
    cert: pem(cert, scenario),
    key: pem(key, scenario),
    passphrase,
    servername,
    minVersion,
    maxVersion,
    ciphers,
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...set, rejectUnauthorized: !insecureSkipTLSVerify };
}

function pem(path: string | undefined, scenario: string): Buffer | undefined {
  if (path === undefined) return undefined;
  const content = readLimited(path, PEM_BYTES_MAX);
  if (content.ok) return Buffer.from(content.bytes);
  throw new FiredrillError('load.tls', `load scenario ${scenario}: ${content.message}`, {
    hint: content.hint,
    exitCode: EXIT.experimentWrong,
  });
}
