/** Checks of the load that a schema of single values cannot make: that a scenario does something, that settings fit together, that names lead somewhere. */
import { suggest } from '../closest.ts';
import { requestsOf } from '../load-names.ts';
import { parseStartTime } from '../start-time.ts';
import { at, type Entry, entriesOf, textOf } from '../tree.ts';
import { type CheckContext, checkMisfits } from './context.ts';
import { checkBodyFiles, checkDataFiles } from './load-files.ts';
import { checkPlaceholders } from './load-names.ts';

function checkPurpose(context: CheckContext, name: string, { node, key }: Entry): void {
  if (node.type !== 'map' || ['requests', 'steps', 'chains'].some((part) => node.entries.has(part))) return;
  const message = `scenario '${name}' does nothing: it needs requests, steps or chains`;
  context.report('missing-key', message, key, 'add requests: [{url: "http://127.0.0.1:8080/"}]');
}

function checkSettings(context: CheckContext, { node, key }: Entry): void {
  const kind = context.kinds.executors.find(({ name }) => name === textOf(at(node, 'executor')));
  if (kind) checkMisfits(context, node, kind, key);
}

/** Without TLS a proxy is handed the requests themselves, and takes them as HTTP/1.1. */
function checkProxy(context: CheckContext, { node }: Entry): void {
  const http2 = at(node, 'connect', 'http2');
  const isProxied = /^https?:/i.test(textOf(at(node, 'connect', 'proxy')) ?? '');
  if (!http2 || textOf(http2) !== 'only' || !isProxied) return;
  if (!requestsOf(node).some((request) => /^http:/i.test(textOf(at(request, 'url')) ?? ''))) return;
  const message = 'a proxy takes no HTTP/2 for http:// URLs, and the scenario asks for some';
  context.report('misfit', message, http2.span, 'write https:// URLs, http2: auto, or proxy: none');
}

function checkStart(context: CheckContext, { node }: Entry): void {
  const start = at(node, 'startTime');
  const after = parseStartTime(textOf(start) ?? '')?.after;
  if (!start || !after) return;
  if (context.faultNames.length === 0) {
    context.report(
      'unknown-fault',
      'the start is counted from a fault, and the method has none',
      start.span,
      'write a time of the run: 10s',
    );
  } else if (after.fault !== undefined && !context.faultNames.includes(after.fault)) {
    context.report(
      'unknown-fault',
      `there is no fault '${after.fault}' in the method`,
      start.span,
      suggest(after.fault, context.faultNames),
    );
  }
}

/** A load is scenarios, a script, or both; what is said of a script needs one. */
function checkScript(context: CheckContext): void {
  const load = at(context.root, 'load');
  if (!load) return;
  if (!context.hasScript && at(load, 'scenarios') === undefined) {
    context.report(
      'missing-key',
      'the load does nothing: it needs scenarios or a script',
      load.span,
      'add scenarios: …, or script: perf/checkout.js',
    );
  }
  for (const key of ['env', 'with']) {
    const given = at(load, key);
    if (given && !context.hasScript)
      context.report('no-script', `'${key}' is about a script, and there is none`, given.span, 'add script: perf/checkout.js');
  }
}

/** Checks every scenario. */
export function checkLoad(context: CheckContext): void {
  checkScript(context);
  for (const [name, entry] of entriesOf(at(context.root, 'load', 'scenarios'))) {
    checkPurpose(context, name, entry);
    checkSettings(context, entry);
    checkProxy(context, entry);
    checkStart(context, entry);
    checkPlaceholders(context, entry.node, checkDataFiles(context, entry.node));
    checkBodyFiles(context, entry.node);
  }
}
