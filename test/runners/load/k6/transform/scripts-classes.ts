/** Scripts about classes, inheritance, getters and the array methods. */
const HEAD = `import http from 'k6/http';
import { sleep } from 'k6';
const base = 'http://t';
`;

export const CLASS_SCRIPTS: Readonly<Record<string, string>> = {
  'methods, static ones and private ones': `${HEAD}
class Api {
  #root; static made = 0;
  constructor(root) { this.#root = root; Api.made += 1; }
  get(path) { return this.#send('get', path); }
  #send(verb, path) { return http[verb](this.#root + path); }
  static shared() { return http.get(base + '/static/' + Api.made).url; }
  ['comp' + 'uted']() { return http.get(base + '/computed').url; }
}
export default function () { const api = new Api(base); console.log(api.get('/1').url, Api.shared(), api.computed()); }`,
  'inheritance with super': `${HEAD}
class Page { constructor(path) { this.path = path; } open() { return http.get(base + this.path).url; } static name2() { return http.get(base + '/static').url; } }
class Form extends Page {
  constructor() { super('/form'); }
  open() { sleep(1); return super.open() + '!'; }
  send() { return http.post(base + this.path).url; }
  static name2() { return super.name2() + '?'; }
}
export default function () { for (const page of [new Page('/page'), new Form()]) console.log(page.open()); console.log(new Form().send(), Form.name2()); }`,
  'a method that subclasses fill in': `${HEAD}
class Journey { run() { for (const step of this.steps()) this.step(step); } steps() { return []; } }
class Shopper extends Journey { steps() { return ['a', 'b']; } step(name) { http.get(base + '/' + name); } }
export default function () { new Shopper().run(); new Journey().run(); }`,
  'fields that hold functions': `${HEAD}
class User { visits = 0; visit = (path) => { this.visits += 1; return http.get(base + path).url; }; static guest = () => http.get(base + '/guest').url; }
export default function () { const u = new User(); console.log(u.visit('/1'), u.visit('/2'), u.visits, User.guest()); const { visit } = u; console.log(visit('/3')); }`,
  'getters that give functions, and plain ones': `${HEAD}
const api = { root: base, get home() { return this.root + '/home'; }, get loader() { return (path) => http.get(this.root + path); }, set target(fn) { this.act = fn; } };
export default function () { console.log(http.get(api.home).url, api.loader('/x').url); api.target = (p) => http.put(base + p).url; console.log(api.act('/set')); }`,
  'constructor functions with prototypes': `${HEAD}
function Client(root) { this.root = root; }
Client.prototype.get = function (path) { return http.get(this.root + path).url; };
Client.create = (root) => new Client(root);
function Better(root) { Client.call(this, root); }
Better.prototype = Object.create(Client.prototype);
Better.prototype.twice = function (path) { return [this.get(path), this.get(path)]; };
export default function () { console.log(Client.create(base).get('/1'), new Better(base).twice('/2')); }`,
  'methods that give back their object': `${HEAD}
class Builder { constructor() { this.seen = []; } visit(path) { this.seen.push(http.get(base + path).url); return this; } pause() { sleep(1); return this; } }
export default function () { console.log(new Builder().visit('/1').pause().visit('/2').seen); }`,
  'a class made by a function': `${HEAD}
const withRoot = (root) => class { load(path) { return http.get(root + path).url; } };
const Mixed = (Base) => class extends Base { loadTwice(path) { return [this.load(path), super.load(path)]; } };
export default function () { const Loader = Mixed(withRoot(base)); console.log(new Loader().loadTwice('/x')); }`,
  'methods of an object that call each other': `${HEAD}
const flow = { login() { return http.post(base + '/login').json().id; }, buy(item) { const id = this.login(); http.post(base + '/buy/' + item + '/' + id); return this.after?.(); }, after: () => sleep(2) };
export default function () { flow.buy('x'); const { login } = flow; console.log(login()); }`,
};

export const ARRAY_SCRIPTS: Readonly<Record<string, string>> = {
  'forEach, map and filter that wait': `${HEAD}
export default function () {
  ['/a', '/b'].forEach((path, index, all) => http.get(base + path + index + all.length));
  console.log([1, 2].map((n) => http.get(base + '/' + n).url), [1, 2, 3].filter((n) => http.get(base + (n % 2 ? '/missing' : '/' + n)).status === 200));
  [[1, [2]], [3]].map(([n, inner]) => (inner ? inner.map((m) => http.get(base + '/in/' + m)) : http.get(base + '/out/' + n)));
}`,
  'some, every and the finds': `${HEAD}
const ok = (n) => http.get(base + (n === 2 ? '/missing' : '/' + n)).status === 200;
export default function () {
  const list = [1, 2, 3];
  console.log(list.some((n) => !ok(n)), list.every(ok), list.find((n) => !ok(n)), list.findIndex((n) => !ok(n)), list.findLast(ok), list.findLastIndex((n) => n > 5 && ok(n)));
}`,
  'reduce, reduceRight and flatMap': `${HEAD}
export default function () {
  console.log([1, 2, 3].reduce((sum, n) => sum + http.get(base + '/' + n).status, 0), ['a', 'b'].reduceRight((all, s) => all + http.get(base + '/' + s).url));
  console.log([1, 2].flatMap((n) => http.get(base + '/' + n).json().items), [1, 2].flatMap((n) => n + 1));
}`,
  'array methods one after the other, over lines': `${HEAD}
export default function () {
  const urls = http.get(base).json().links
    .filter((url) => url.length > 2)
    .map((url) => http.get(url))
    .map((res) => res.url)
    .filter((url) => http.head(url).status === 200);
  console.log((urls.length > 1 ? urls : []).map((u) => http.get(u).url).length);
}`,
  'holes, a list that grows, and thisArg': `${HEAD}
export default function () {
  const list = [1, , 3];
  list.forEach(function (n) { if (list.length < 5) list.push(9); http.get(this.root + '/' + n); }, { root: base });
  console.log(list.map((n) => http.get(base + '/' + n).url));
}`,
  'Array.from with a function that waits': `${HEAD}
export default function () {
  console.log(Array.from({ length: 2 }, (_, i) => http.get(base + '/' + i).url), Array.from(new Set([1, 2]), (n) => n * 2), Array.from('ab', (c) => http.get(base + c).url));
}`,
  'methods of that name which are not those of lists': `${HEAD}
class Pages { constructor() { this.list = ['/1', '/2']; } forEach(fn) { for (const path of this.list) fn(http.get(base + path)); } map(fn) { return [fn(this)]; } }
export default function () { new Pages().forEach((res) => { console.log(res.url); sleep(1); }); console.log(new Pages().map((p) => p.list.length)); }`,
  'a class that extends Array': `${HEAD}
class Paths extends Array { visit() { this.forEach((path) => http.get(base + path)); return this.length; } }
export default function () { console.log(Paths.from(['/a', '/b']).visit()); }`,
  'a shared array, read by everybody': `${HEAD}
import { SharedArray } from 'k6/data';
const users = new SharedArray('users', function () { return JSON.parse('[{"name":"ann"},{"name":"bob"}]'); });
export default function () { users.forEach((user) => http.get(base + '/' + user.name)); http.get(base + users[__ITER % users.length].name); }`,
  'sorting without waiting, within what waits': `${HEAD}
export default function () { const order = [3, 1, 2].sort((a, b) => a - b).map((n) => http.get(base + '/' + n).url); console.log(order, 'a-b'.replace(/-/, () => '+')); }`,
  'promises of the author, with requests before and after': `${HEAD}
const load = async (path) => { const res = await http.asyncRequest('GET', base + path); return res.url; };
export default async function () {
  http.get(base + '/before');
  console.log(await load('/1'), (await Promise.all([load('/2'), load('/3')])).length);
  sleep(1);
  const pending = http.asyncRequest('GET', base + '/late').then((res) => res.url);
  console.log(await pending);
}`,
  'async functions that wait and are awaited at once': `${HEAD}
async function step(n) { const first = http.get(base + '/' + n); await Promise.resolve(); return http.get(first.url + '/again').url; }
class Flow { async run() { for (const n of [1, 2]) console.log(await step(n)); return await this.end(); } end = async () => http.get(base + '/end').url; }
export default async () => { console.log(await new Flow().run()); try { await (async () => { http.get(base + '/t'); throw new Error('late'); })(); } catch (e) { console.log(e.message); } };`,
};
