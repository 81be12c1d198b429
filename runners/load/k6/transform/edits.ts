/** Writes the awaits into the bundle, and makes a function body of the module: imports come in, exports go out as an object. */
import type { Identifier, ImportDeclaration, Program } from 'acorn';
import MagicString from 'magic-string';
import { GLOBALS, HIDDEN_GLOBALS } from '../surface.ts';
import type { Blocking } from './blocking.ts';
import type { Bundle } from './bundle.ts';
import { importedName } from './flow/evaluate.ts';
import type { CallSite, World } from './flow/world.ts';

/** The body of a factory, and what its parameters are called: the host's four, then what is hidden from the script. */
export interface FactoryText {
  readonly code: string;
  readonly parameters: readonly string[];
  readonly map: string;
}

/** One insertion; where two fall together the one around the other comes first. */
interface Insertion {
  readonly start: number;
  readonly end: number;
  readonly open: string;
  readonly close: string;
}

/** Names of the factory's first parameters, made longer where the script has such names itself. */
interface HostNames {
  readonly modules: string;
  readonly globals: string;
  readonly sequential: string;
  readonly fill: string;
  readonly result: string;
}

/** Without `blocking`, the module becomes a factory and nothing is awaited. */
export function writeFactory(bundle: Bundle, program: Program, world: World, blocking: Blocking | undefined): FactoryText {
  const text = new MagicString(bundle.code);
  const names = hostNames(world);
  if (blocking !== undefined) writeAwaits(text, bundle.code, names, blocking);
  for (const { module, node } of world.requires) text.update(node.start, node.end, `${names.modules}[${JSON.stringify(module)}]`);
  for (const identifier of world.scopes.free) {
    if (Object.hasOwn(GLOBALS, identifier.name)) writeGlobal(text, names, identifier, world.scopes.shorthand.has(identifier));
  }
  const imports = program.body.filter((statement) => statement.type === 'ImportDeclaration');
  for (const statement of imports) text.remove(statement.start, statement.end);
  const exported = writeExports(text, program, names, bundle.commonJs);
  text.prepend(`"use strict";${imports.flatMap((statement) => bindingsOf(statement, names)).join('')}`);
  text.append(`\nreturn ${exported};\n`);
  return {
    code: text.toString(),
    parameters: [
      names.modules,
      names.globals,
      names.sequential,
      names.fill,
      ...HIDDEN_GLOBALS.filter((name) => !world.scopes.moduleNames.has(name)),
    ],
    map: text.generateMap({ source: 'bundle', hires: 'boundary' }).toString(),
  };
}

function hostNames(world: World): HostNames {
  const unused = (name: string): string => (world.scopes.allNames.has(name) ? unused(`${name}$`) : name);
  return {
    modules: unused('$modules'),
    globals: unused('$globals'),
    sequential: unused('$sequential'),
    fill: unused('$fill'),
    result: unused('$default'),
  };
}

function writeAwaits(text: MagicString, code: string, names: HostNames, { awaited, sequential, functions }: Blocking): void {
  const calls = [...awaited].map((site) => awaitCall(text, code, names, site, sequential.has(site)));
  const insertions = [...calls, ...[...functions].flatMap(({ asyncAt }) => (asyncAt === undefined ? [] : [makeAsync(asyncAt)]))];
  const outerFirst = insertions.sort((left, right) => left.start - right.start || right.end - left.end);
  for (const { start, open } of outerFirst) text.appendLeft(start, open);
  for (const { end, close } of outerFirst) if (close !== '') text.appendLeft(end, close);
}

function makeAsync(at: number): Insertion {
  return { start: at, end: at, open: 'async ', close: '' };
}

/** `(await f(x))`; for an array method `(await $sequential(list, "map", x))`. */
function awaitCall(text: MagicString, code: string, names: HostNames, { node, method, root }: CallSite, sequential: boolean): Insertion {
  const plain = { start: node.start, end: node.end, open: '(await ', close: ')' };
  if (!sequential || node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || method === undefined) return plain;
  const { property } = node.callee;
  const dot = code.lastIndexOf('.', property.start);
  const parenthesis = code.indexOf('(', property.end);
  text.update(dot, parenthesis + 1, `, ${JSON.stringify(method)}${node.arguments.length > 0 ? ', ' : ''}`);
  const helper = root === 'Array' && method === 'from' ? names.fill : names.sequential;
  return { ...plain, open: `(await ${helper}(` };
}

function writeGlobal(text: MagicString, { globals }: HostNames, { name, start, end }: Identifier, shorthand: boolean): void {
  text.update(start, end, `${shorthand ? `${name}: ` : ''}${globals}.${name}`);
}

function bindingsOf(statement: ImportDeclaration, names: HostNames): string[] {
  const module = `${names.modules}[${JSON.stringify(statement.source.value)}]`;
  return statement.specifiers.map((specifier) => {
    const name = importedName(specifier);
    const value = name === 'default' ? module : `${module}[${JSON.stringify(name)}]`;
    return ` const ${specifier.local.name} = ${value};`;
  });
}

/** Takes the export statements out and gives the text of the object that says the same. */
function writeExports(text: MagicString, program: Program, names: HostNames, commonJs: boolean): string {
  const entries: string[] = [];
  for (const statement of program.body) {
    if (statement.type === 'ExportAllDeclaration') {
      const source = `${names.modules}[${JSON.stringify(statement.source.value)}]`;
      const exported = statement.exported;
      if (!exported) entries.push(`...${source}`);
      else entries.push(`${JSON.stringify(exported.type === 'Identifier' ? exported.name : exported.value)}: ${source}`);
      text.remove(statement.start, statement.end);
    }
    if (statement.type === 'ExportDefaultDeclaration') {
      text.update(statement.start, statement.declaration.start, `const ${names.result} = `);
      entries.push(`default: ${names.result}`);
    }
    if (statement.type !== 'ExportNamedDeclaration') continue;
    const from = statement.source ? `${names.modules}[${JSON.stringify(statement.source.value)}]` : undefined;
    for (const { local, exported } of statement.specifiers) {
      const localName = local.type === 'Identifier' ? local.name : String(local.value);
      const name = JSON.stringify(exported.type === 'Identifier' ? exported.name : exported.value);
      entries.push(`${name}: ${from === undefined ? localName : `${from}[${JSON.stringify(localName)}]`}`);
    }
    text.remove(statement.start, statement.end);
  }
  return commonJs ? names.result : `{ ${entries.join(', ')} }`;
}
