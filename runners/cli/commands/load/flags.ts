/** What `firedrill load` is told on its command line and by `K6_…` variables, as an order for the process that runs the script. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { GENERATORS_MAX } from '../../../../experiments/language/load.ts';
import { K6_EXIT, ScriptFailure } from '../../../load/k6/exit-codes.ts';
import {
  optionFromText,
  optionsFromEnvironment,
  type ParsedOptions,
  pairFromText,
  parseOptions,
  stageFromText,
} from '../../../load/k6/options/parse.ts';
import type { OptionName } from '../../../load/k6/options/schema.ts';
import type { SampleFile, ScriptOrder } from '../../../load/k6/run/messages.ts';
import type { ScriptPath } from '../../../load/k6/transform/transform.ts';
import type { CliIo } from '../../io.ts';

/** As commander hands them over; texts are read here, so that a wrong one exits with k6's code. */
export interface LoadFlags {
  /** Those that stand for an option of the test, by its name; stages and tags as a list. */
  readonly options: Readonly<Partial<Record<OptionName, string | boolean | readonly string[]>>>;
  readonly env: readonly string[];
  readonly includeSystemEnvVars: boolean | undefined;
  readonly config: string | undefined;
  readonly setup: boolean;
  readonly teardown: boolean;
  readonly thresholds: boolean;
  readonly summary: boolean;
  readonly summaryExport: string | undefined;
  readonly summaryMode: string | undefined;
  readonly out: readonly string[];
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly logFormat: string | undefined;
  readonly check: boolean;
  readonly json: boolean;
  readonly seed: number | undefined;
  readonly generators: string | undefined;
  readonly engine: ScriptPath | undefined;
}

/** A larger file is no configuration. */
const CONFIG_BYTES_MAX = 1024 * 1024;
const SEED_MAX = 1_000_000;
const SUMMARY_MODES = ['compact', 'full', 'legacy', 'disabled'];

export interface LoadOrder {
  readonly order: ScriptOrder;
  /** That share the test; undefined: by its plan and the machine. */
  readonly processes: number | undefined;
  readonly warnings: readonly string[];
}

/** Throws ScriptFailure (config) with all that is wrong. */
export function orderOf(io: CliIo, file: string, flags: LoadFlags): LoadOrder {
  const path = resolve(io.workingDirectory, file);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new ScriptFailure(
      `there is no script at ${file}`,
      K6_EXIT.exception,
      'write the path of a file: firedrill load perf/checkout.js',
    );
  const config = fromConfig(io, flags.config);
  const environment = optionsFromEnvironment(io.environment);
  const given = fromFlags(flags);
  const parts = [config, environment, given];
  const processes = flags.generators === undefined ? undefined : Number(flags.generators);
  const outputs = flags.out.map((text) => sampleFile(io, text));
  const problems = [
    ...parts.flatMap((each) => each.problems),
    ...(flags.summaryMode === undefined || SUMMARY_MODES.includes(flags.summaryMode)
      ? []
      : [`--summary-mode: '${flags.summaryMode}' is not ${SUMMARY_MODES.join(', ')}`]),
    ...(processes === undefined || (Number.isInteger(processes) && processes >= 1 && processes <= GENERATORS_MAX)
      ? []
      : [`--generators: '${flags.generators}' is not a whole number from 1 to ${GENERATORS_MAX}`]),
  ];
  if (problems.length > 0) throw new ScriptFailure(problems.join('\n'), K6_EXIT.config);
  const off = (name: string): boolean => /^(?:true|1)$/i.test(io.environment[name] ?? '');
  return {
    warnings: parts.flatMap((each) => each.warnings),
    processes,
    order: {
      path,
      folder: io.workingDirectory,
      environment: scriptEnvironment(io, flags),
      sources: { below: [config.options], above: [environment.options, given.options] },
      switches: {
        setup: flags.setup && !off('K6_NO_SETUP'),
        teardown: flags.teardown && !off('K6_NO_TEARDOWN'),
        thresholds: flags.thresholds && !off('K6_NO_THRESHOLDS'),
        summary: flags.summary && !off('K6_NO_SUMMARY') && (flags.summaryMode ?? io.environment['K6_SUMMARY_MODE']) !== 'disabled',
      },
      terminals: { noColor: !flags.color, stdoutIsTerminal: io.stdout.isTTY === true, stderrIsTerminal: io.stderr.isTTY === true },
      seed: flags.seed ?? Math.floor(Math.random() * SEED_MAX),
      engine: flags.engine,
      outputs,
    },
  };
}

function fromConfig(io: CliIo, file: string | undefined): ParsedOptions {
  if (file === undefined) return { options: {}, problems: [], warnings: [] };
  const path = resolve(io.workingDirectory, file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > CONFIG_BYTES_MAX)
    throw new ScriptFailure(`--config: there is no configuration of up to ${CONFIG_BYTES_MAX} bytes at ${file}`, K6_EXIT.config);
  try {
    return parseOptions(JSON.parse(readFileSync(path, 'utf8')), file);
  } catch (error) {
    throw new ScriptFailure(`--config ${file}: ${error instanceof Error ? error.message : String(error)}`, K6_EXIT.config);
  }
}

function fromFlags({ options }: LoadFlags): ParsedOptions {
  const given: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    try {
      given[name] = valueOfFlag(name as OptionName, value);
    } catch (error) {
      problems.push(`--${dashed(name)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const parsed = parseOptions(given, 'the command line');
  return { ...parsed, problems: [...problems, ...parsed.problems] };
}

function valueOfFlag(name: OptionName, value: string | boolean | readonly string[]): unknown {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return optionFromText(name, value);
  if (name === 'stages') return value.flatMap((each) => each.split(',')).map(stageFromText);
  if (name === 'tags') return Object.fromEntries(value.map(pairFromText));
  return value.flatMap((each) => each.split(',')).map((each) => each.trim());
}

/** The name of a flag, for messages. */
export function dashed(name: string): string {
  if (name === 'stages') return 'stage';
  if (name === 'tags') return 'tag';
  return name
    .replace(/TLS/g, 'Tls')
    .replace('noVU', 'noVu')
    .replace('IPs', 'Ip')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();
}

/** All of the environment, as k6 run has it, unless told otherwise; `-e` on top. A name alone takes the environment's value. */
function scriptEnvironment({ environment }: CliIo, { env, includeSystemEnvVars }: LoadFlags): Readonly<Record<string, string>> {
  const all: Record<string, string> = {};
  if (includeSystemEnvVars !== false) for (const [name, value] of Object.entries(environment)) if (value !== undefined) all[name] = value;
  for (const text of env) {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    if (name === '') throw new ScriptFailure(`-e: '${text}' is not NAME=value`, K6_EXIT.config);
    all[name] = equals < 0 ? (environment[name] ?? '') : text.slice(equals + 1);
  }
  return all;
}

function sampleFile(io: CliIo, text: string): SampleFile {
  const [format, path = ''] = text.split('=', 2);
  if ((format === 'json' || format === 'csv') && path !== '' && !path.endsWith('.gz'))
    return { format, path: resolve(io.workingDirectory, path) };
  throw new ScriptFailure(`--out: '${text}' is not supported`, K6_EXIT.config, 'write --out json=samples.json or --out csv=samples.csv');
}
