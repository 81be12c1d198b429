/**
 * What k6's own types say of `k6/http` and `k6/html` holds for ours: the compiler checks it. Ours answer with a promise
 * where k6 blocks, and give one type for a body where k6's types pick it by `responseType`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as k6Html from 'k6/html';
import type * as k6Http from 'k6/http';
import type { Element } from '../../../../../runners/load/k6/modules/html/element.ts';
import type { Selection } from '../../../../../runners/load/k6/modules/html/selection.ts';
import type { htmlModule } from '../../../../../runners/load/k6/modules/html.ts';
import type { CookieJar } from '../../../../../runners/load/k6/modules/http/cookie-jar.ts';
import type { Response } from '../../../../../runners/load/k6/modules/http/response.ts';
import { httpModule } from '../../../../../runners/load/k6/modules/http.ts';
import { FakeHost } from '../fake-host.ts';

type Ours = ReturnType<typeof httpModule>['exports'];
type OursOfHtml = ReturnType<typeof htmlModule>;

/** Names that k6's types have and ours lack; `never` where there are none. */
type Lacking<Theirs, Mine> = Exclude<keyof Theirs, keyof Mine | 'default' | 'prototype' | '__brand'>;

/** Functions of theirs that ours cannot be called as: `never` where there are none. */
type Uncallable<Theirs, Mine> = {
  [Name in keyof Theirs & keyof Mine]: Theirs[Name] extends (...args: infer Args) => unknown
    ? Mine[Name] extends (...args: never) => unknown
      ? Args extends Parameters<Mine[Name]>
        ? never
        : Name
      : Name
    : never;
}[keyof Theirs & keyof Mine];

/** Values of theirs that are of another type in ours; functions aside. */
type Unlike<Theirs, Mine> = {
  [Name in keyof Theirs & keyof Mine]: Theirs[Name] extends (...args: never) => unknown
    ? never
    : Mine[Name] extends Theirs[Name]
      ? never
      : Name;
}[keyof Theirs & keyof Mine];

function none<_Names extends never>(): void {}

test('k6’s types and our modules agree', () => {
  none<Lacking<typeof k6Http, Ours>>();
  // Theirs are abstract classes, which scripts do not make.
  none<Exclude<Uncallable<typeof k6Http, Ours>, 'FileData' | 'CookieJar'>>();
  none<Exclude<Unlike<typeof k6Http, Ours>, 'FileData' | 'CookieJar' | 'default'>>();
  none<Lacking<k6Http.CookieJar, CookieJar>>();
  none<Uncallable<k6Http.CookieJar, CookieJar>>();
  none<Lacking<k6Http.Response, Response>>();
  none<Uncallable<k6Http.Response, Response>>();
  // A text where theirs lists the values that they know.
  none<Exclude<Unlike<k6Http.Response, Response>, 'proto' | 'tls_cipher_suite'>>();
  none<Exclude<Lacking<typeof k6Html, OursOfHtml>, `${string}Element` | 'Selection' | 'Attribute' | 'NodeType'>>();
  none<Lacking<k6Html.Selection, Selection>>();
  none<Exclude<Uncallable<k6Html.Selection, Selection>, CallbackTakers>>();
  none<Lacking<k6Html.Element, Element>>();
  const { exports } = httpModule(new FakeHost());
  assert.equal(exports.TLS_1_2 satisfies typeof k6Http.TLS_1_2, 'tls1.2');
});

/** Their callbacks take their classes, which ours are not by name. */
type CallbackTakers = 'each' | 'map' | 'filter' | 'is' | 'not';
