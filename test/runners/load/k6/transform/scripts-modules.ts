/** Scripts of several files, in TypeScript, in CommonJS. */
import type { Files } from './fake-host.ts';

export const MODULE_SCRIPTS: Readonly<Record<string, Files | string>> = {
  'functions of another file': {
    'script.js': `import { login, browse as look } from './lib/actions.js';
import * as all from './lib/actions.js';
import shop from './lib/shop.js';
export { options } from './lib/options.js';
export default function () { login(); look('/a'); all.browse('/b'); shop.buy('x'); console.log(Object.keys(all).sort().join()); for (const name of ['login']) all[name](); }`,
    'lib/actions.js': `import http from 'k6/http';
export function login() { return http.post('/login'); }
export const browse = (path) => http.get('/browse' + path);`,
    'lib/shop.js': `import { post } from 'k6/http';
import { login } from './actions.js';
export default { buy(item) { login(); return post('/buy/' + item); } };`,
    'lib/options.js': `export const options = { vus: 1 };`,
  },
  'everything exported again': {
    'script.js': `export * from './flows.js';
import { flow } from './flows.js';
export { flow as default };`,
    'flows.js': `import http from 'k6/http';
export * from './more.js';
const run = () => http.get('/run').url;
export { run as flow };
export const other = function () { return run(); };`,
    'more.js': `import { sleep } from 'k6';
export function pause() { sleep(3); }`,
  },
  'the same names in two files': {
    'script.js': `import { get } from './a.js';
import { get as other } from './b.js';
export default function () { console.log(get('/1'), other('/2')); }`,
    'a.js': `import http from 'k6/http'; export function get(path) { return http.get(path).url; }`,
    'b.js': `const http = { get: (path) => ({ url: 'not fetched ' + path }) }; export function get(path) { return http.get(path).url; }`,
  },
  'types, enums and generics': {
    'script.ts': `import http, { type Response } from 'k6/http';
import type { Options } from 'k6/options';
import { sleep } from 'k6';
import users from './users.json';
enum Step { Home = '/home', Cart = '/cart' }
interface User { name: string; age?: number }
export const options: Options = { vus: 1 };
function visit<T extends string>(step: T, user?: User): Response { return http.get(step + '/' + user!.name) as Response; }
abstract class Base { constructor(protected readonly root: string) {} abstract go(): string; }
class Go extends Base { go(): string { return http.get(this.root).url satisfies string; } }
export default function (): void {
  for (const user of users as User[]) for (const step of Object.values(Step)) console.log(visit(step, user).url);
  console.log(new Go('/root').go());
  sleep(1);
}`,
    'users.json': '[{ "name": "ann" }, { "name": "bob", "age": 3 }]',
  },
  'required modules in a CommonJS script': {
    'script.js': `const http = require('k6/http');
const { sleep, check } = require('k6');
const { twice } = require('./lib.js');
module.exports.options = { vus: 1 };
module.exports.default = function () { check(http.get('/1'), { ok: (r) => r.status === 200 }); sleep(1); console.log(twice('/2')); };
exports.other = () => twice('/3');`,
    'lib.js': `const http = require('k6/http');
exports.twice = function (path) { return [http.get(path).url, http.get(path).url]; };`,
  },
  'a module that imports CommonJS': {
    'script.js': `import lib, { load } from './lib.cjs';
import * as all from './lib.cjs';
export default function () { console.log(load('/1'), lib.load('/2'), all.load('/3'), new lib.Client().get('/4')); }`,
    'lib.cjs': `var http = require('k6/http');
class Client { get(path) { return http.get(path).url; } }
module.exports = { load: (path) => http.get(path).url, Client };`,
  },
  'a compiled module with helpers of its compiler': {
    'script.js': `import flow from './compiled.js';
export default () => flow('/x');`,
    'compiled.js': `"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; };
Object.defineProperty(exports, "__esModule", { value: true });
const http_1 = __importDefault(require("k6/http"));
function flow(path) { return http_1.default.get(path).url; }
exports.default = flow;`,
  },
  'a default export that is an arrow function or a name': {
    'script.js': `import http from 'k6/http';
import run from './arrow.js';
const main = () => { run(); http.get('/main'); };
export { main as default };`,
    'arrow.js': `import http from 'k6/http';
export default () => http.get('/arrow');`,
  },
  'metrics, execution and files read at the start': {
    'script.js': `import http from 'k6/http';
import { Trend, Counter } from 'k6/metrics';
import exec, { vu } from 'k6/execution';
const time = new Trend('time', true);
const seen = new Counter('seen');
const text = open('./data.txt');
export default function () { const res = http.get('/' + exec.vu.idInTest + vu.idInTest); time.add(res.status); seen.add(1); console.log(text, exec.scenario.name); }`,
  },
};
