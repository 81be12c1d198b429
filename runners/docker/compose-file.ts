/** What firedrill itself reads of a Compose file: the project's name, the services, and which variables reach which service's environment. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { EXIT, FiredrillError } from '../failure.ts';
import type { Environment } from './address.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const composeFile = z.looseObject({
  name: z.string().optional(),
  services: z.record(
    z.string(),
    z.looseObject({
      environment: z.union([z.record(z.string(), scalar), z.array(z.string())]).optional(),
      profiles: z.array(z.string()).optional(),
    }),
  ),
});

export interface ComposeFile {
  /** Absolute path. */
  readonly path: string;
  readonly name: string | undefined;
  readonly services: readonly ComposeService[];
  /** The `x-…` keys of the top level, unparsed. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /** The file without its `name:`, which docker-compose 1.29 refuses; the project is always given by `-p`. */
  readonly textWithoutName: string;
}

export interface ComposeService {
  readonly name: string;
  readonly profiles: readonly string[];
  /** As written, with `${…}` still in it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Aliases that one file may expand to; Compose files use a handful. */
const ALIASES_MAX = 1000;

/** Reads and parses a Compose file. Throws FiredrillError `compose-file` (exit 7) where it is missing or none. */
export async function readComposeFile(file: string): Promise<ComposeFile> {
  const path = resolve(file);
  try {
    const document = parseDocument(await readFile(path, 'utf8'), { merge: true });
    const [error] = document.errors;
    if (error) throw error;
    const parsed = composeFile.parse(document.toJS({ maxAliasCount: ALIASES_MAX }));
    document.delete('name');
    return {
      path,
      name: parsed.name,
      services: Object.entries(parsed.services).map(([name, service]) => ({
        name,
        profiles: service.profiles ?? [],
        environment: toRecord(service.environment),
      })),
      extensions: Object.fromEntries(Object.entries(parsed).filter(([key]) => key.startsWith('x-'))),
      textWithoutName: String(document),
    };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    throw new FiredrillError('compose-file', `The Compose file ${path} cannot be read: ${why}`, {
      hint: `See what is wrong with it: docker compose -f ${file} config`,
      exitCode: EXIT.groundUnfit,
      cause: error,
    });
  }
}

/** The project's name as Compose derives it: COMPOSE_PROJECT_NAME (also from `.env` beside the file), `name:`, the folder. */
export async function projectName(file: ComposeFile, environment: Environment): Promise<string> {
  const written = environment['COMPOSE_PROJECT_NAME'] || (await dotEnv(file, environment))['COMPOSE_PROJECT_NAME'] || file.name;
  const name = written ?? basename(dirname(file.path));
  return name
    .toLowerCase()
    .replaceAll(/[^-_a-z0-9]/g, '')
    .replace(/^[-_]+/, '');
}

/** Services that start by default or by the active profiles (COMPOSE_PROFILES, also from `.env` beside the file). */
export async function activeServices(file: ComposeFile, environment: Environment): Promise<readonly string[]> {
  const profiles = environment['COMPOSE_PROFILES'] ?? (await dotEnv(file, environment))['COMPOSE_PROFILES'] ?? '';
  const active = new Set(profiles.split(',').filter((each) => each !== ''));
  return file.services
    .filter((each) => each.profiles.length === 0 || each.profiles.some((profile) => active.has(profile)))
    .map((each) => each.name);
}

/** Where a variable arrives: in which service, under which key, between which texts. */
export interface VariableUse {
  readonly service: string;
  readonly key: string;
  readonly before: string;
  readonly after: string;
}

/** All places where `${name}`, `${name:-default}` or `$name` is the only variable of a service's environment value. */
export function usesOf(file: ComposeFile, name: string): readonly VariableUse[] {
  const pattern = new RegExp(`^([^$]*)\\$(?:${name}(?![A-Za-z0-9_])|\\{${name}(?::?[-?][^}]*)?\\})([^$]*)$`);
  return file.services.flatMap((service) =>
    Object.entries(service.environment).flatMap(([key, value]) => {
      const match = pattern.exec(value);
      return match ? [{ service: service.name, key, before: match[1] ?? '', after: match[2] ?? '' }] : [];
    }),
  );
}

function toRecord(
  environment: Readonly<Record<string, string | number | boolean | null>> | readonly string[] | undefined,
): Record<string, string> {
  if (environment === undefined) return {};
  if (isList(environment)) return Object.fromEntries(environment.map((line) => splitPair(line)));
  return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, value === null ? `\${${key}}` : String(value)]));
}

function isList(environment: Readonly<Record<string, unknown>> | readonly string[]): environment is readonly string[] {
  return Array.isArray(environment);
}

/** `KEY=value`; `KEY` alone takes the value of the variable of the same name. */
function splitPair(line: string): [string, string] {
  const equals = line.indexOf('=');
  return equals < 0 ? [line, `\${${line}}`] : [line.slice(0, equals), line.slice(equals + 1)];
}

/** `.env` beside the file, with `${NAME}` and `${NAME:-default}` filled in from the caller's environment, as Compose does. */
async function dotEnv(file: ComposeFile, environment: Environment): Promise<Record<string, string>> {
  const text = await readFile(join(dirname(file.path), '.env'), 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => /^\s*[A-Za-z_]\w*=/.test(line));
  const filled = (value: string) =>
    value.replaceAll(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name, otherwise = '') => environment[name] || otherwise);
  return Object.fromEntries(lines.map((line) => splitPair(line.trim())).map(([name, value]) => [name, filled(value)]));
}
