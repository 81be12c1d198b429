/**
 * Where the engine is: what the user set (`DOCKER_HOST`, then a Docker context) stands alone, so that no other engine is used
 * silently; else the usual sockets, in order.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Addresses to try, as `DOCKER_HOST` spells them, and who named them. `chosen` is set where the user did. */
export interface EngineAddresses {
  readonly chosen: 'DOCKER_HOST' | 'docker context' | undefined;
  readonly addresses: readonly string[];
}

const dockerConfig = z.object({ currentContext: z.string().optional() });
const contextMeta = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) });

/** The addresses that count in this environment. */
export function engineAddresses(environment: Environment): EngineAddresses {
  const set = environment['DOCKER_HOST'];
  if (set) return { chosen: 'DOCKER_HOST', addresses: [set] };
  const context = contextAddress(environment);
  if (context) return { chosen: 'docker context', addresses: [context] };
  const home = environment['HOME'] ?? homedir();
  const runtime = environment['XDG_RUNTIME_DIR'];
  const sockets = [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
  ];
  return { chosen: undefined, addresses: sockets.map((path) => `unix://${path}`) };
}

/** Docker's own store of contexts: the folder is named by the SHA-256 of the context's name. */
function contextAddress(environment: Environment): string | undefined {
  const folder = environment['DOCKER_CONFIG'] ?? join(environment['HOME'] ?? homedir(), '.docker');
  const name = environment['DOCKER_CONTEXT'] ?? readJson(join(folder, 'config.json'), dockerConfig)?.currentContext;
  if (!name || name === 'default') return undefined;
  const digest = createHash('sha256').update(name).digest('hex');
  return readJson(join(folder, 'contexts', 'meta', digest, 'meta.json'), contextMeta)?.Endpoints.docker.Host;
}

function readJson<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
