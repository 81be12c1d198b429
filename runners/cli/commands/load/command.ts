/** The command line of `firedrill load`: the flags of `k6 run` that mean something here, by the same names. */
import { type Command, Option } from 'commander';
import type { K6ExitCode } from '../../../load/k6/exit-codes.ts';
import { isOptionName, type OptionName } from '../../../load/k6/options/schema.ts';
import type { CliIo } from '../../io.ts';
import { load } from '../load.ts';
import type { LoadFlags } from './flags.ts';

/** Flags that stand for an option of the test, with its name. */
const OPTION_FLAGS: readonly (readonly [flags: string, name: OptionName, text: string])[] = [
  ['-u, --vus <number>', 'vus', 'virtual users'],
  ['-d, --duration <duration>', 'duration', 'how long iterations are started: 30s, 5m'],
  ['-i, --iterations <number>', 'iterations', 'iterations of all virtual users together'],
  ['--rps <number>', 'rps', 'requests a second at most, of all virtual users'],
  ['--max-redirects <number>', 'maxRedirects', 'redirects followed at most'],
  ['--batch <number>', 'batch', 'requests of one http.batch() under way at once'],
  ['--batch-per-host <number>', 'batchPerHost', 'the same, to one host'],
  ['--user-agent <text>', 'userAgent', 'what the header User-Agent says'],
  ['--http-debug [what]', 'httpDebug', 'refused: use console.log on what you want to see'],
  ['--insecure-skip-tls-verify', 'insecureSkipTLSVerify', 'trust any certificate'],
  ['--no-connection-reuse', 'noConnectionReuse', 'open a connection for each request'],
  ['--no-vu-connection-reuse', 'noVUConnectionReuse', 'do not keep connections between iterations'],
  ['--min-iteration-duration <duration>', 'minIterationDuration', 'an iteration that is shorter waits for the rest'],
  ['--discard-response-bodies', 'discardResponseBodies', 'read bodies, but do not keep them'],
  ['-w, --throw', 'throw', 'a request that fails throws'],
  ['--system-tags <list>', 'systemTags', 'tags of samples that firedrill sets'],
  ['--summary-trend-stats <list>', 'summaryTrendStats', "figures of trends in the summary: 'avg,med,p(99)'"],
  ['--summary-time-unit <unit>', 'summaryTimeUnit', 's, ms or us'],
  ['--dns <pairs>', 'dns', 'passed over: names are looked up by the machine'],
  ['--local-ips <list>', 'localIPs', "refused: connections leave from the machine's own address"],
  ['--execution-segment <segment>', 'executionSegment', 'refused: a test is not split over machines'],
];

const LIST_FLAGS: readonly (readonly [flags: string, name: OptionName, text: string])[] = [
  ['-s, --stage <duration:target>', 'stages', 'a stage of ramping-vus; give it as often as there are stages'],
  ['--tag <name=value>', 'tags', 'a tag of all samples'],
  ['--blacklist-ip <range>', 'blacklistIPs', 'an address range that nothing is sent to'],
  ['--block-hostnames <pattern>', 'blockHostnames', 'a host that nothing is sent to'],
];

const collect = (value: string, all: readonly string[] | undefined): readonly string[] => [...(all ?? []), value];

export function addLoadCommand(program: Command, io: CliIo, finish: (code: K6ExitCode) => void): void {
  const command = program
    .command('load')
    .description("run a k6 script by itself: k6 run's flags, summary and exit codes")
    .argument('<script>')
    .option('--check', 'say what the script uses and what is not supported; sends nothing', false)
    .option('-e, --env <name=value>', 'a variable of __ENV', collect)
    .option('--include-system-env-vars [truth]', 'hand the environment to the script; default true')
    .option('-c, --config <file>', 'options in a JSON file, under those of the script')
    .option('--no-setup', 'leave setup() out')
    .option('--no-teardown', 'leave teardown() out')
    .option('--no-thresholds', 'judge no thresholds')
    .option('--no-summary', 'print no summary')
    .option('--summary-export <file>', 'write the summary as JSON')
    .option('--summary-mode <mode>', 'compact, full, legacy or disabled')
    .option('-o, --out <format=file>', 'write every sample: json=… or csv=…', collect)
    .option('-q, --quiet', 'no progress', false)
    .option('-v, --verbose', 'console.debug too', false)
    .option('--no-color', 'no colours')
    .option('--log-format <format>', 'text, json or raw')
    .option('--generators <number>', 'processes that share the test; default by its rates and the cores of the machine')
    .addOption(new Option('--engine <engine>', 'how the script is run; default: as it can be').choices(['transform', 'quickjs']))
    .option('--seed <number>', 'seed of everything drawn by chance', Number)
    .option('--json', 'with --check: print data, not text', false)
    .addOption(new Option('--no-usage-report', 'nothing is reported anyway').hideHelp())
    .addOption(new Option('-a, --address <address>', 'there is no REST API').hideHelp())
    .addOption(new Option('--linger', 'the command ends with the test').hideHelp());
  for (const [flags, , text] of OPTION_FLAGS) command.option(flags, text);
  for (const [flags, , text] of LIST_FLAGS) command.option(flags, text, collect);
  command.action(async (file: string, given: Readonly<Record<string, unknown>>) => finish(await load(io, file, flagsOf(given))));
}

/** How commander names a flag: `--no-connection-reuse` is `connectionReuse`, and true unless given. */
function givenName(flags: string): { readonly key: string; readonly negated: boolean } {
  const long = /--(no-)?([a-z-]+)/.exec(flags);
  const key = (long?.[2] ?? '').replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  return { key, negated: long?.[1] !== undefined };
}

function optionsOf(given: Readonly<Record<string, unknown>>): LoadFlags['options'] {
  const options: Partial<Record<OptionName, string | boolean | readonly string[]>> = {};
  for (const [flags, name] of [...OPTION_FLAGS, ...LIST_FLAGS]) {
    const { key, negated } = givenName(flags);
    const value = given[key];
    if (negated) {
      if (value === false && isOptionName(name)) options[name] = true;
    } else if (typeof value === 'string' || Array.isArray(value)) options[name] = value;
    else if (value === true) options[name] = flags.includes('[') ? '' : true;
  }
  return options;
}

function flagsOf(given: Readonly<Record<string, unknown>>): LoadFlags {
  const text = (key: string): string | undefined => (typeof given[key] === 'string' ? given[key] : undefined);
  const list = (key: string): readonly string[] => (Array.isArray(given[key]) ? given[key].map(String) : []);
  const system = given['includeSystemEnvVars'];
  return {
    options: optionsOf(given),
    env: list('env'),
    includeSystemEnvVars: system === undefined ? undefined : system === true || system === 'true',
    config: text('config'),
    setup: given['setup'] !== false,
    teardown: given['teardown'] !== false,
    thresholds: given['thresholds'] !== false,
    summary: given['summary'] !== false,
    summaryExport: text('summaryExport'),
    summaryMode: text('summaryMode'),
    out: list('out'),
    quiet: given['quiet'] === true,
    verbose: given['verbose'] === true,
    color: given['color'] !== false,
    logFormat: text('logFormat'),
    check: given['check'] === true,
    json: given['json'] === true,
    generators: text('generators'),
    seed: typeof given['seed'] === 'number' ? given['seed'] : undefined,
    engine: given['engine'] === 'transform' || given['engine'] === 'quickjs' ? given['engine'] : undefined,
  };
}
