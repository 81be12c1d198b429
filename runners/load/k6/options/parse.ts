/** Reads options from wherever they come: an exported object, a JSON file, texts of the environment and of flags. */
import type { z } from 'zod';
import { suggest } from '../../../../experiments/language/closest.ts';
import { isOptionName, OPTION_SCHEMAS, type OptionName, type Options } from './schema.ts';
import { OPTION_SUPPORT } from './support.ts';

export interface ParsedOptions {
  readonly options: Options;
  /** What is wrong, one line each; the test cannot run. */
  readonly problems: readonly string[];
  /** What is passed over. */
  readonly warnings: readonly string[];
}

const OPTION_NAMES = Object.keys(OPTION_SCHEMAS).filter(isOptionName);

function problemText(source: string, name: string, issue: z.core.$ZodIssue): string {
  const place = [name, ...issue.path]
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`))
    .join('');
  return `${source}: ${place} ${issue.code === 'unrecognized_keys' ? `has no '${issue.keys.join("', '")}'` : issue.message}`;
}

/** Checks an object of options. `source` says where it is from: `options of shop.js`, `K6_VUS`. */
export function parseOptions(given: unknown, source: string): ParsedOptions {
  if (given === undefined || given === null) return { options: {}, problems: [], warnings: [] };
  if (typeof given !== 'object' || Array.isArray(given))
    return { options: {}, problems: [`${source}: must be a map of options`], warnings: [] };
  const options: Record<string, unknown> = {};
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined) continue;
    if (!isOptionName(name)) {
      warnings.push(`${source}: there is no option '${name}', it is passed over${hintFor(name)}`);
      continue;
    }
    const parsed = OPTION_SCHEMAS[name].safeParse(value);
    if (parsed.success) options[name] = parsed.data;
    else problems.push(...parsed.error.issues.map((issue) => problemText(source, name, issue)));
    const { support, note } = OPTION_SUPPORT[name];
    if (support === 'ignored') warnings.push(`${source}: ${name} is passed over: ${note}`);
    if (support === 'refused') problems.push(`${source}: ${name} is not supported: ${note}`);
  }
  return { options, problems, warnings };
}

function hintFor(name: string): string {
  const near = suggest(name, OPTION_NAMES);
  return near?.startsWith('did') ? ` (${near})` : '';
}

/** The value that a text stands for; undefined where the option takes none. Throws Error where the text is none of its kind. */
export function optionFromText(name: OptionName, text: string): unknown {
  switch (OPTION_SUPPORT[name].written) {
    case 'number':
      if (!/^-?\d+$/.test(text.trim())) throw new Error(`'${text}' is not a whole number`);
      return Number(text);
    case 'truth':
      if (!/^(?:true|false|1|0)$/i.test(text.trim())) throw new Error(`'${text}' is not true or false`);
      return /^(?:true|1)$/i.test(text.trim());
    case 'text':
      return text;
    case 'list':
      return text === '' ? [] : text.split(',').map((each) => each.trim());
    case 'stages':
      return text.split(',').map(stageFromText);
    case 'tags':
    case 'pairs':
      return Object.fromEntries(text.split(',').map((each) => pairFromText(each)));
    default:
      return undefined;
  }
}

/** `10s:5`. Throws Error where it is none. */
export function stageFromText(text: string): { duration: string; target: number } {
  const match = /^\s*([^:]*):(\d+)\s*$/.exec(text);
  if (!match) throw new Error(`'${text}' is not a stage; write it like 30s:10`);
  return { duration: match[1] === '' ? '0s' : (match[1] ?? ''), target: Number(match[2]) };
}

/** `name=value`. Throws Error where it is none. */
export function pairFromText(text: string): [name: string, value: string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new Error(`'${text}' is not name=value`);
  return [text.slice(0, equals).trim(), text.slice(equals + 1)];
}

/** `vus` → `K6_VUS`, `insecureSkipTLSVerify` → `K6_INSECURE_SKIP_TLS_VERIFY`. */
export function environmentName(name: OptionName): string {
  const words = name.replace(/IPs/g, 'Ips').replace(/TLS/g, 'Tls').replace(/noVU/g, 'noVu');
  return `K6_${words.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}`;
}

/** The options among environment variables. */
export function optionsFromEnvironment(environment: Readonly<Record<string, string | undefined>>): ParsedOptions {
  const problems: string[] = [];
  const given: Record<string, unknown> = {};
  const parts: ParsedOptions[] = [];
  for (const name of OPTION_NAMES) {
    const variable = environmentName(name);
    const text = environment[variable];
    if (text === undefined || text === '' || OPTION_SUPPORT[name].written === undefined) continue;
    try {
      given[name] = optionFromText(name, text);
      parts.push(parseOptions({ [name]: given[name] }, variable));
    } catch (error) {
      problems.push(`${variable}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return {
    options: Object.assign({}, ...parts.map(({ options }) => options)),
    problems: [...problems, ...parts.flatMap((each) => each.problems)],
    warnings: parts.flatMap((each) => each.warnings),
  };
}
