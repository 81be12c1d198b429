/** `firedrill load script.js`: runs a k6 script by itself, as `k6 run` does: its summary, its files, its exit codes. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { formatMs } from '../../../experiments/language/duration.ts';
import { K6_EXIT, type K6ExitCode, ScriptFailure } from '../../load/k6/exit-codes.ts';
import type { FromScript } from '../../load/k6/run/messages.ts';
import { ScriptTeam } from '../../load/k6/run/script-team.ts';
import type { ScriptResult } from '../../load/k6/script-run.ts';
import { exportSummary } from '../../load/k6/summary/export-summary.ts';
import { textSummary } from '../../load/k6/summary/text-summary.ts';
import { type CliIo, wantsColor } from '../io.ts';
import { checkScript } from './load/check-script.ts';
import { type LoadFlags, orderOf } from './load/flags.ts';
import { LogPrinter } from './load/log-printer.ts';
import { ProgressLine } from './load/progress-line.ts';

/** Exits by k6's codes, not by those of a verdict. */
export async function load(io: CliIo, file: string, flags: LoadFlags): Promise<K6ExitCode> {
  const printer = new LogPrinter(io, { format: flags.logFormat, verbose: flags.verbose });
  try {
    if (flags.check) return await checkScript(io, file, flags);
    return await run(io, file, flags, printer);
  } catch (error) {
    if (!(error instanceof ScriptFailure)) throw error;
    printer.failure(error.hint === undefined ? error.message : `${error.message}\n  hint: ${error.hint}`);
    return error.exitCode;
  }
}

async function run(io: CliIo, file: string, flags: LoadFlags, printer: LogPrinter): Promise<K6ExitCode> {
  const { order, processes, warnings } = orderOf(io, file, flags);
  for (const warning of warnings) printer.print({ level: 'warn', text: warning, source: 'options' });
  const progress = new ProgressLine(io, flags.quiet);
  const startNs = process.hrtime.bigint();
  const say = (message: FromScript) => hear(io, message, printer, progress, flags.quiet);
  const script = new ScriptTeam({ order, startNs, processes, hear: say });
  let signals = 0;
  const forget = io.onSignal(() => {
    signals += 1;
    if (signals === 1) script.stop(0, 'signal');
    else script.kill();
  });
  try {
    const result = await script.done.catch((error: unknown) => {
      if (signals > 1) throw new ScriptFailure('ended at once by a second signal', K6_EXIT.signal);
      throw error;
    });
    progress.close();
    await report(io, result, flags);
    if (result.reason !== undefined) printer.failure(result.reason);
    return result.exitCode;
  } finally {
    progress.close();
    forget();
  }
}

function hear(io: CliIo, message: FromScript, printer: LogPrinter, progress: ProgressLine, quiet: boolean): void {
  if (message.type === 'log') {
    progress.clear();
    printer.print(message.entry);
  } else if (message.type === 'note') {
    printer.print({ level: message.level === 'warning' ? 'warn' : message.level, text: message.text, source: 'load' });
  } else if (message.type === 'described') {
    if (!quiet) io.stdout.write(`${startText(message.description)}\n`);
  } else if (message.type === 'progress') {
    progress.show(message.progress);
  }
}

function startText({ file, scenarios }: Extract<FromScript, { type: 'described' }>['description']): string {
  const lines = scenarios.map(({ name, executor, exec, text, startMs }) => {
    const more = [...(exec === 'default' ? [] : [`calls ${exec}`]), ...(startMs > 0 ? [`from ${formatMs(startMs)} on`] : [])];
    return `  ${name}: ${executor}, ${[text, ...more].join(', ')}`;
  });
  return [`${file}`, ...lines, ''].join('\n');
}

/** Prints or writes what the script's own handleSummary gave, else the usual summary; and the file of `--summary-export`. */
async function report(io: CliIo, { summary, outputs }: ScriptResult, flags: LoadFlags): Promise<void> {
  if (!summary) return;
  if (flags.summaryExport !== undefined) await write(io, flags.summaryExport, exportSummary(summary));
  if (!outputs) {
    io.stdout.write(`\n${textSummary(summary, wantsColor(io) && flags.color)}\n`);
    return;
  }
  for (const { path, base64 } of outputs) {
    const content = Buffer.from(base64, 'base64');
    if (path === 'stdout') io.stdout.write(content.toString('utf8'));
    else if (path === 'stderr') io.stderr.write(content.toString('utf8'));
    else await write(io, path, content);
  }
}

async function write(io: CliIo, path: string, content: string | Uint8Array): Promise<void> {
  const file = resolve(io.workingDirectory, path);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  } catch (error) {
    throw new ScriptFailure(
      `the summary cannot be written to ${relative(io.workingDirectory, file)}: ${error instanceof Error ? error.message : String(error)}`,
      K6_EXIT.generic,
    );
  }
}
