/** Scripts about which function is meant: aliases, closures, tables, shadows, callbacks. */
const HEAD = `import http from 'k6/http';
import { sleep } from 'k6';
const base = 'http://t';
`;

export const FUNCTION_SCRIPTS: Readonly<Record<string, string>> = {
  'aliases and destructured functions': `${HEAD}
const get = http.get;
const { post, del: remove, ...others } = http;
let later; later = get;
export default function () { console.log(get(base + '/1').url, post(base + '/2').url, remove(base + '/3').url, others.put(base + '/4').url, later(base + '/5').url); }`,
  'named and namespace imports': `
import { get, post as send } from 'k6/http';
import * as all from 'k6/http';
import * as k6 from 'k6';
export default function () { get('/1'); send('/2'); all.get('/3'); k6.sleep(1); k6.group('g', () => { all.put('/4'); }); }`,
  'a name that means something else inside': `${HEAD}
import { check } from 'k6';
function quiet(http) { return http.get('kept'); }
export default function () {
  { const sleep = (n) => n * 2; console.log(sleep(4)); }
  const stub = { get: (key) => 'value of ' + key };
  console.log(quiet(stub), quiet(new Map([['kept', 1]])));
  (function (check) { console.log(check(1)); })((x) => x + 1);
  check(http.get(base), { ok: (sleep) => sleep.status === 200 });
  sleep(1);
}`,
  recursion: `${HEAD}
function walk(depth) { if (depth === 0) return [http.get(base + '/leaf').url]; return [...walk(depth - 1), http.get(base + '/' + depth).url]; }
export default function () { console.log(walk(3)); }`,
  'mutual recursion between declarations': `${HEAD}
function even(n) { return n === 0 ? true : odd(n - 1); }
function odd(n) { return n === 0 ? false : (http.get(base + '/' + n), even(n - 1)); }
export default function () { console.log(even(4), odd(3), even(1)); }`,
  'a function used before it is declared': `${HEAD}
export default function () { console.log(late(1)); function inner() { return http.get(base + '/inner').url; } console.log(inner()); }
function late(n) { return http.get(base + '/late/' + n).url; }`,
  'closures kept in objects': `${HEAD}
function client(prefix) {
  let calls = 0;
  return { get: (path) => { calls += 1; return http.get(prefix + path); }, calls: () => calls };
}
const one = client(base + '/one');
export default function () { const two = client(base + '/two'); one.get('/a'); two.get('/b'); two.get('/c'); console.log(one.calls(), two.calls()); }`,
  'a table of functions, by name': `${HEAD}
const actions = { login: () => http.post(base + '/login'), browse: () => http.get(base + '/browse'), rest: () => 'resting' };
export default function () {
  for (const name of ['login', 'browse', 'rest']) console.log(typeof actions[name]());
  Object.entries(actions).forEach(([name, run]) => { console.log(name, typeof run()); });
  for (const run of Object.values(actions)) run();
  Object.keys(actions).map((name) => actions[name]()).forEach((result) => console.log(typeof result));
}`,
  'a weighted list of steps': `${HEAD}
const steps = [{ weight: 2, run: () => http.get(base + '/common') }, { weight: 1, run: function () { return http.get(base + '/rare'); } }];
const total = steps.reduce((sum, step) => sum + step.weight, 0);
function pick(roll) { let left = roll % total; return steps.find((step) => (left -= step.weight) < 0); }
export default function () { for (let i = 0; i < 4; i++) console.log(pick(i).run().url); }`,
  'a list of functions that grows': `${HEAD}
const queue = [];
queue.push(() => http.get(base + '/1'), () => sleep(1));
queue.unshift(() => http.get(base + '/0'));
export default function () {
  const mine = queue.concat([() => http.get(base + '/last')]);
  while (mine.length > 0) mine.shift()();
  for (const job of [...queue].reverse()) job();
}`,
  'functions in a map and a set': `${HEAD}
const routes = new Map([['home', () => http.get(base + '/home')]]);
routes.set('cart', (n) => http.get(base + '/cart/' + n));
const hooks = new Set([() => http.get(base + '/hook')]);
export default function () {
  routes.get('home')(); routes.get('cart')(3);
  for (const [name, go] of routes) console.log(name, go(1).url);
  routes.forEach((go, name) => console.log(name, go(2).url));
  hooks.forEach((hook) => hook());
}`,
  'a function that calls what it is given': `${HEAD}
function retry(action, times = 3) { for (let i = 0; i < times; i++) { const res = action(i); if (res.status === 200) return res; sleep(0.1); } return undefined; }
const timed = (name, fn) => { const result = fn(); console.log(name); return result; };
export default function () {
  console.log(retry((i) => http.get(base + (i < 1 ? '/missing' : '/found'))).url);
  console.log(timed('calm', () => 3), timed('waits', () => http.get(base + '/timed').url));
}`,
  'functions made of functions': `${HEAD}
const compose = (...fns) => (value) => fns.reduce((result, fn) => fn(result), value);
const curry = (method) => (path) => (suffix) => http[method](base + path + suffix).url;
const journey = compose((path) => http.get(base + path).url, (url) => url + '/next', (url) => http.get(url).url);
export default function () { console.log(journey('/start'), curry('get')('/a')('/b'), curry('post')('/c')('/d')); }`,
  'call, apply and bind': `${HEAD}
function visit(path, times) { for (let i = 0; i < times; i++) http.get(this.root + path); return this.root; }
const home = { root: base + '/h' };
const bound = visit.bind(home, '/bound');
export default function () { console.log(visit.call(home, '/call', 1), visit.apply(home, ['/apply', 2]), bound(1), [0].map(http.get.bind(http, base + '/b')).length); }`,
  'arguments, defaults that are plain, and destructured parameters': `${HEAD}
function old() { return arguments[0](arguments[1]); }
function open2({ path = '/default', then: next = (r) => r.url } = {}, [first] = ['x']) { return next(http.get(base + path + first)); }
export default function () { console.log(old((p) => http.get(base + p).url, '/old'), open2(), open2({ path: '/p', then: (r) => http.get(r.url + '/then').url }, ['y'])); }`,
  'functions that run where they stand': `${HEAD}
const once = (() => { let seen; return () => (seen ??= http.get(base + '/once').url); })();
export default function () {
  (function () { http.get(base + '/1'); })();
  (() => { http.get(base + '/2'); })();
  const value = (function named(n) { return n > 0 ? named(n - 1) : http.get(base + '/3').url; })(2);
  console.log(value, once(), once());
}`,
  'callbacks in the style of continuations': `${HEAD}
function load(path, done) { const res = http.get(base + path); done(null, res); }
export default function () { load('/1', (error, res) => { load('/2', function (e, second) { console.log(res.url, second.url, error, e); }); }); }`,
  'memory of results by closure': `${HEAD}
function memo(fn) { const known = {}; return (key) => { if (!(key in known)) known[key] = fn(key); return known[key]; }; }
const fetchUser = memo((id) => http.get(base + '/user/' + id).json());
export default function () { console.log(fetchUser(1), fetchUser(1), fetchUser(2)); }`,
  'a conditional choice of function': `${HEAD}
export default function () {
  const go = __VU > 5 ? (path) => path : http.get;
  const send = __ENV.NONE || http.post;
  const { act = () => http.put(base + '/act') } = {};
  console.log(go(base + '/go').url, send(base + '/send').url, act().url);
}`,
  'functions handed through several objects': `${HEAD}
const lib = { inner: { http } };
const app = Object.assign({}, lib.inner, { extra: { ...http } });
const frozen = Object.freeze({ api: { list: () => app.http.get(base + '/list'), ...{ spread: () => app.extra.post(base + '/spread') } } });
export default function () { console.log(frozen.api.list().url, frozen.api.spread().url, lib['inner'].http['get'](base + '/i').url); }`,
  'the environment and counters of the iteration': `${HEAD}
export default function () {
  const facts = { __VU, iter: __ITER };
  http.get(__ENV.BASE + '/' + facts.__VU + '/' + facts.iter);
  console.log(facts, typeof process, typeof require, typeof __ENV);
}`,
};
