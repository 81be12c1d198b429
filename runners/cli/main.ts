/**
 * The command line: arguments in, exit code out. Everything it needs of the outside is passed in, so that tests call it
 * in process; only `firedrill.mjs` ends the process.
 */
import { Command, CommanderError, Option } from 'commander';
import { EXIT, type ExitCode, FiredrillError } from '../failure.ts';
import { K6_EXIT, type K6ExitCode } from '../load/k6/exit-codes.ts';
import { check } from './commands/check.ts';
import { doctor } from './commands/doctor.ts';
import { down } from './commands/down.ts';
import { har } from './commands/har.ts';
import { list } from './commands/list.ts';
import { addLoadCommand } from './commands/load/command.ts';
import { plan } from './commands/plan.ts';
import { report } from './commands/report.ts';
import { run } from './commands/run.ts';
import { start } from './commands/start.ts';
import { stop } from './commands/stop.ts';
import { sweep } from './commands/sweep.ts';
import { up } from './commands/up.ts';
import { failureWords } from './failure-words.ts';
import type { CliIo } from './io.ts';
import { version } from './version.ts';

/** Runs one command. Never throws; the exit codes are those of failure.ts, for `load` alone those of k6. */
export async function main(io: CliIo): Promise<ExitCode | K6ExitCode> {
  let exitCode: ExitCode | K6ExitCode = EXIT.passed;
  const program = commands(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...io.args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return program.args[0] === 'load' && error instanceof CommanderError && error.exitCode !== 0 ? K6_EXIT.config : tell(io, error);
  }
}

type Finish = (code: ExitCode | K6ExitCode) => void;

function commands(io: CliIo, finish: Finish): Command {
  const program = new Command('firedrill')
    .description('Rehearses outages: breaks containers on purpose, watches, puts everything back, and says whether the system held.')
    .version(version())
    .exitOverride()
    .showHelpAfterError('(see: firedrill --help)')
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) });
  addExperimentCommands(program, io, finish);
  addEngineCommands(program, io, finish);
  addLoadCommand(program, io, finish);
  return program;
}

const json = () => new Option('--json', 'print data, not text').default(false);
const yes = () => new Option('-y, --yes', 'do not ask').default(false);
const variant = () => new Option('--variant <name>', 'a named variant of the experiment');
const seed = () => new Option('--seed <number>', 'seed of everything drawn by chance').argParser(seedOf);

/** What is done with experiments and their runs. */
function addExperimentCommands(program: Command, io: CliIo, finish: Finish): void {
  program
    .command('check')
    .description('say everything that is wrong with experiment files; touches nothing')
    .argument('<file...>')
    .addOption(variant())
    .addOption(json())
    .action(async (files: string[], options) => finish(await check(io, files, options)));
  program
    .command('plan')
    .description('say what a run would do: targets, timeline, blast radius, who can undo it; touches nothing')
    .argument('<file>')
    .addOption(variant())
    .addOption(seed())
    .addOption(json())
    .action(async (file: string, options) => finish(await plan(io, file, options)));
  program
    .command('run')
    .description('run an experiment, or several variants of it to compare them; exits by the verdict')
    .argument('<file>')
    .addOption(variant())
    .option(
      '--variants <names>',
      "variants to run one after the other and to compare: names behind commas, plain for the file as it stands, or 'all'",
    )
    .addOption(new Option('--repeat <times>', 'how often each is run; 4 and more tell differences by runs').argParser(repeatOf))
    .option('--interleave', 'run them in turn: a, b, a, b', false)
    .option('--baseline <run>', 'compare with a stored run or set')
    .addOption(seed())
    .addOption(yes())
    .option('--keep', 'leave the system up afterwards', false)
    .option('--gates', 'ask the gates; no answer in time stops the run', false)
    .option('--lease <duration>', 'how long the agent waits for a runner it no longer hears (default 10s)')
    .addOption(json())
    .action(async (file: string, options) => finish(await run(io, file, options)));
  program
    .command('report')
    .description('judge a recorded run anew from its journal and write its reports')
    .argument('[run]', 'run id or folder', 'latest')
    .addOption(json())
    .action(async (id: string, options) => finish(await report(io, id, options)));
  program
    .command('har')
    .description('make an experiment of a recorded session (HAR) and print it')
    .argument('<file>')
    .option('--host <name...>', 'only requests to these hosts')
    .option('--drop-static', 'leave out pictures, fonts, styles, scripts and media', false)
    .action(async (file: string, { host, dropStatic }) => finish(await har(io, file, { hosts: host ?? [], dropStatic })));
  program
    .command('list')
    .description('the faults, probes and executors there are, and the experiments of a folder')
    .argument('[folder]', 'folder of experiments', 'experiments')
    .addOption(json())
    .action(async (folder: string, options) => finish(await list(io, { ...options, folder })));
}

/** What is done with an engine and the systems on it. */
function addEngineCommands(program: Command, io: CliIo, finish: Finish): void {
  program
    .command('sweep')
    .description('find what dead runs left behind, undo only what is ours, and read back')
    .argument('[run]', 'run id; default all that are dead')
    .addOption(yes())
    .addOption(json())
    .action(async (id: string | undefined, options) => finish(await sweep(io, id, options)));
  program
    .command('stop')
    .description('emergency stop: ends the runs on the engine, from any terminal; everything is undone')
    .argument('[run]', 'run id; default all')
    .option('--hold', 'let no run begin until --release', false)
    .option('--release', 'let runs begin again', false)
    .addOption(json())
    .action(async (id: string | undefined, options) => finish(await stop(io, id, options)));
  program
    .command('doctor')
    .description('say what this machine and its engine can do')
    .addOption(json())
    .action(async (options) => finish(await doctor(io, options)));
  program
    .command('up')
    .description('build what a Compose system needs, bring it up and wait until it is healthy')
    .argument('<compose-file>')
    .addOption(yes())
    .addOption(json())
    .action(async (file: string, options) => finish(await up(io, file, options)));
  program
    .command('down')
    .description('take a Compose system down, its volumes too')
    .argument('<compose-file>')
    .addOption(json())
    .action(async (file: string, options) => finish(await down(io, file, options)));
  program
    .command('start')
    .description('set up, bring up the reference system, and run the first drill against it')
    .addOption(yes())
    .action(async (options) => finish(await start(io, options)));
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new FiredrillError('seed-wrong', `The seed '${text}' is not a whole number of 0 or more.`, {
    hint: 'Write it like: --seed 42',
    exitCode: EXIT.usageWrong,
  });
}

/** More than this is no set of runs but a mistake. */
const REPEAT_MAX = 100;

function repeatOf(text: string): number {
  const times = Number(text);
  if (Number.isSafeInteger(times) && times >= 1 && times <= REPEAT_MAX) return times;
  throw new FiredrillError('repeat-wrong', `'${text}' is not a number of times from 1 to ${REPEAT_MAX}.`, {
    hint: 'Write it like: --repeat 4',
    exitCode: EXIT.usageWrong,
  });
}

/** Says what went wrong, and gives the exit code for it. */
function tell(io: CliIo, error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usageWrong;
  const { text, exitCode } = failureWords(error);
  io.stderr.write(text);
  return exitCode;
}
