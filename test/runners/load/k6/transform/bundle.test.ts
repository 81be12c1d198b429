import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT, FiredrillError } from '../../../../../runners/failure.ts';
import { transformScript } from '../../../../../runners/load/k6/transform/transform.ts';
import { type Files, transformFiles } from './fake-host.ts';

/** What is wrong, the files, and what the message must hold: the place, the line with its caret, the hint. */
const WRONG: readonly (readonly [string, Files | string, readonly RegExp[]])[] = [
  [
    'a syntax error',
    { 'script.js': "import http from 'k6/http';\nexport default function () {\n  http.get('/'));\n}" },
    [/script\.js:3:16: Expected ";" but found "\)"/, /3 \| {3}http\.get\('\/'\)\);\n +\| +\^/],
  ],
  [
    'an import that is not there',
    { 'script.js': "import { login } from './lib/login.js';\nexport default login;" },
    [/script\.js:1:23: Could not resolve "\.\/lib\/login\.js"/, /hint: Paths start at the file/],
  ],
  [
    'a missing import in another file, in TypeScript',
    { 'script.ts': "import './lib/a.ts';\nexport default () => 1;", 'lib/a.ts': "const x: number = 1;\nimport './none';\nexport { x };" },
    [/lib\/a\.ts:2:8: Could not resolve "\.\/none"/],
  ],
  [
    'a package that is not there',
    "import x from 'left-pad-none';\nexport default x;",
    [/:1:15: Could not resolve/, /no package 'left-pad-none' here/],
  ],
  [
    'a module on the web',
    "import { uuidv4 } from 'https://jslib.k6.io/k6-utils/1.4.0/index.js';\nexport default uuidv4;",
    [/:1:24: 'https:\/\/jslib\.k6\.io\/k6-utils\/1\.4\.0\/index\.js' is not fetched/, /import that: '\.\/index\.js'/],
  ],
  ['a module of Node', "import fs from 'node:fs';\nexport default fs;", [/:1:16: 'node:fs' is a module of Node/, /open\(\) for files/]],
  ['a required module of Node', "const path = require('path');\nexports.default = () => path;", [/:1:22: 'path' is a module of Node/]],
  [
    'a file of a kind that cannot be imported',
    { 'script.js': "import x from './a.csv';\nexport default x;", 'a.csv': 'a,b' },
    [/:1:15: No loader/, /open\('…'\)/],
  ],
  [
    'a name that a file does not export',
    { 'script.js': "import { none } from './a.js';\nexport default none;", 'a.js': 'export const some = 1;' },
    [/:1:10: No matching export/],
  ],
  ['letters of several bytes before the mistake', "export default () => { 'é€😀'; ) };", [/script\.js:1:32: /]],
];

for (const [title, files, expected] of WRONG) {
  test(`${title} is said with its place`, async () => {
    await assert.rejects(transformFiles(files), (error) => {
      assert.ok(error instanceof FiredrillError);
      assert.equal(error.code, 'script-wrong');
      assert.equal(error.exitCode, EXIT.experimentWrong);
      for (const part of expected) assert.match(error.message, part);
      return true;
    });
  });
}

test('every mistake of a script is said at once', async () => {
  await assert.rejects(transformFiles("import './a.js';\nimport 'fs';\nimport 'http://x/y.js';"), (error) => {
    assert.ok(error instanceof FiredrillError);
    for (const place of [/script\.js:1:8/, /script\.js:2:8/, /script\.js:3:8/]) assert.match(error.message, place);
    return true;
  });
});

test('a script that is not there is said by its name', async () => {
  await assert.rejects(transformScript('/nowhere/at/all.js'), { code: 'script-missing', message: /\/nowhere\/at\/all\.js cannot be read/ });
});

test('a folder is no script', async () => {
  await assert.rejects(transformScript('/tmp'), { code: 'script-missing' });
});
