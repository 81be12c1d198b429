/** Which declaration an identifier means: one pass over a module, which is strict, so functions belong to their block. */
import type { AnyNode, Identifier, Program } from 'acorn';
import { boundBy, childrenOf, isFunction } from './syntax.ts';

/** A declared name. Two of the same name in different scopes are two bindings. */
export interface Binding {
  readonly name: string;
}

export interface Scopes {
  readonly bindings: ReadonlyMap<Identifier, Binding>;
  /** Identifiers that nothing declares: globals. */
  readonly free: readonly Identifier[];
  /** Of those, written as `{ name }`. */
  readonly shorthand: ReadonlySet<Identifier>;
  /** Names declared at the top of the module. */
  readonly moduleNames: ReadonlySet<string>;
  /** Every identifier's name, to choose names that collide with none. */
  readonly allNames: ReadonlySet<string>;
}

class Scope {
  readonly #parent: Scope | undefined;
  readonly names = new Map<string, Binding>();

  constructor(parent: Scope | undefined) {
    this.#parent = parent;
  }

  declare(identifiers: readonly Identifier[]): void {
    for (const { name } of identifiers) if (!this.names.has(name)) this.names.set(name, { name });
  }

  find(name: string): Binding | undefined {
    return this.names.get(name) ?? this.#parent?.find(name);
  }
}

export function resolveScopes(program: Program): Scopes {
  const walk = new ScopeWalk();
  const scope = new Scope(undefined);
  scope.declare([...program.body.flatMap(declaredBy), ...hoisted(program)]);
  for (const statement of program.body) walk.visit(statement, scope);
  const { bindings, free, shorthand, allNames } = walk;
  return { bindings, free, shorthand, allNames, moduleNames: new Set(scope.names.keys()) };
}

class ScopeWalk {
  readonly bindings = new Map<Identifier, Binding>();
  readonly free: Identifier[] = [];
  readonly shorthand = new Set<Identifier>();
  readonly allNames = new Set<string>();

  visit(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        this.#refer(node, scope);
        return;
      case 'MemberExpression':
        this.visit(node.object, scope);
        if (node.computed) this.visit(node.property, scope);
        return;
      case 'Property':
        if (node.shorthand && node.value.type === 'Identifier') this.shorthand.add(node.value);
        if (node.computed) this.visit(node.key, scope);
        this.visit(node.value, scope);
        return;
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node.computed) this.visit(node.key, scope);
        if (node.value) this.visit(node.value, scope);
        return;
      case 'LabeledStatement':
        this.visit(node.body, scope);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
      case 'ExportAllDeclaration':
        return;
      case 'ImportDeclaration':
        for (const specifier of node.specifiers) this.visit(specifier.local, scope);
        return;
      case 'ExportNamedDeclaration':
        if (node.declaration) this.visit(node.declaration, scope);
        if (!node.source) for (const { local } of node.specifiers) this.visit(local, scope);
        return;
      default:
        this.#visitScope(node, scope);
        return;
    }
  }

  #refer(identifier: Identifier, scope: Scope): void {
    this.allNames.add(identifier.name);
    const binding = scope.find(identifier.name);
    if (binding === undefined) this.free.push(identifier);
    else this.bindings.set(identifier, binding);
  }

  /** The forms that open a scope, then all the rest. */
  #visitScope(node: AnyNode, outer: Scope): void {
    if (isFunction(node)) {
      this.#visitFunction(node, outer);
      return;
    }
    const scope = opensScope(node) ? new Scope(outer) : outer;
    if (node.type === 'ClassExpression' && node.id) scope.declare([node.id]);
    if (node.type === 'CatchClause' && node.param) scope.declare(boundBy(node.param));
    if (node.type === 'StaticBlock') scope.declare(hoisted(node));
    if (scope !== outer) scope.declare(lexicalIn(node));
    for (const child of childrenOf(node)) this.visit(child, scope);
  }

  #visitFunction(node: AnyNode & { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }, outer: Scope): void {
    let scope = outer;
    if (node.type === 'FunctionExpression' && node.id) {
      scope = new Scope(outer);
      scope.declare([node.id]);
    }
    if (node.id) this.visit(node.id, scope);
    scope = new Scope(scope);
    scope.declare([...node.params.flatMap(boundBy), ...hoisted(node.body)]);
    for (const parameter of node.params) this.visit(parameter, scope);
    this.visit(node.body, scope);
  }
}

function opensScope(node: AnyNode): boolean {
  switch (node.type) {
    case 'BlockStatement':
    case 'StaticBlock':
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'SwitchStatement':
    case 'CatchClause':
    case 'ClassExpression':
      return true;
    default:
      return false;
  }
}

/** What a scope's own statements declare, `var` aside. */
function lexicalIn(node: AnyNode): Identifier[] {
  switch (node.type) {
    case 'BlockStatement':
    case 'StaticBlock':
      return node.body.flatMap(declaredBy);
    case 'SwitchStatement':
      return node.cases.flatMap((branch) => branch.consequent.flatMap(declaredBy));
    case 'ForStatement':
      return node.init ? declaredBy(node.init) : [];
    case 'ForInStatement':
    case 'ForOfStatement':
      return declaredBy(node.left);
    default:
      return [];
  }
}

function declaredBy(statement: AnyNode): Identifier[] {
  switch (statement.type) {
    case 'VariableDeclaration':
      return statement.kind === 'var' ? [] : statement.declarations.flatMap(({ id }) => boundBy(id));
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return statement.id ? [statement.id] : [];
    case 'ImportDeclaration':
      return statement.specifiers.map(({ local }) => local);
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return statement.declaration ? declaredBy(statement.declaration) : [];
    default:
      return [];
  }
}

/** Names of `var` anywhere below, functions aside. */
function hoisted(node: AnyNode): Identifier[] {
  if (isFunction(node) || node.type === 'StaticBlock') return node.type === 'StaticBlock' ? node.body.flatMap(hoisted) : [];
  const own = node.type === 'VariableDeclaration' && node.kind === 'var' ? node.declarations.flatMap(({ id }) => boundBy(id)) : [];
  return [...own, ...childrenOf(node).flatMap(hoisted)];
}
