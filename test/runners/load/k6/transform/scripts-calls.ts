/** Scripts in the manner of what people write: calls in every position that an expression or a statement has. */
const HEAD = `import http from 'k6/http';
import { check, group, sleep } from 'k6';
const base = 'http://t';
`;

export const CALL_SCRIPTS: Readonly<Record<string, string>> = {
  'a request, a check and a pause': `${HEAD}
export const options = { vus: 2, iterations: 4 };
export default function () {
  const res = http.get(base + '/home');
  check(res, { 'is 200': (r) => r.status === 200, 'has body': (r) => r.body.length > 0 });
  sleep(1);
}`,
  'setup, teardown and the data between them': `${HEAD}
export function setup() { const res = http.post(base + '/login', 'x'); return { token: res.json().id }; }
export default (data) => { http.get(base + '/as/' + data.token); };
export function teardown(data) { http.del(base + '/session/' + data.token); }
export function handleSummary() { return { stdout: 'done' }; }`,
  'functions of scenarios beside the default one': `${HEAD}
export const options = { scenarios: { a: { executor: 'constant-vus', exec: 'browse' }, b: { executor: 'constant-vus', exec: 'buy' } } };
export function browse() { http.get(base + '/list'); sleep(0.5); }
export function buy() { browse(); http.post(base + '/cart', 'x'); }`,
  'operands, comparisons and the conditional operator': `${HEAD}
export default function () {
  const total = http.get(base + '/1').status + http.get(base + '/2').status * 2;
  const way = http.get(base + '/missing').status === 404 ? http.get(base + '/x').url : http.get(base + '/y').url;
  console.log(total, way, -http.get(base).status, !http.get(base), typeof http.get(base), 2 ** http.get(base).status > 1);
}`,
  'short cuts of and, or and nullish': `${HEAD}
export default function () {
  const a = http.get(base + '/a').status === 500 && http.get(base + '/never');
  const b = http.get(base + '/b') || http.get(base + '/never');
  const c = null ?? http.get(base + '/c').url;
  let d; d ??= http.get(base + '/d').url; d ||= http.get(base + '/never').url; d &&= http.get(base + '/e').url;
  console.log(a, b.url, c, d);
}`,
  'the comma operator': `${HEAD}
export default function () {
  let x = (http.get(base + '/1'), http.get(base + '/2'));
  for (let i = 0, r; i < 2; i++, http.get(base + '/step')) r = i;
  console.log(x.url);
}`,
  'calls one on the other': `${HEAD}
export default function () {
  console.log(http.get(http.get(http.get(base).url + '/2').url + '/3').json().links[0].length);
  http.get(base + '/form').submitForm({ formSelector: 'form' }).clickLink({ selector: 'a' }).url.toUpperCase();
}`,
  'chains that stop half-way': `${HEAD}
const api = { get: (path) => http.get(base + path) };
const none = undefined;
export default function () {
  console.log(api?.get('/1').status, none?.get('/never').status.x.y, api.post?.('/never'), api?.['get']('/2')?.headers?.none?.length);
  console.log(none?.deep.get(http.get(base + '/never')), api?.get?.('/3').json()?.items[0]);
}`,
  'arguments, spread and rest': `${HEAD}
function both(first, ...rest) { return [first, ...rest].map((r) => r.url); }
export default function () {
  const list = [http.get(base + '/1'), http.get(base + '/2')];
  console.log(both(...list, http.get(base + '/3'), ...[http.get(base + '/4')]));
  console.log(Math.max(...http.get(base).json().items));
}`,
  'object and array literals, templates and computed keys': `${HEAD}
export default function () {
  const o = { a: http.get(base + '/a').url, [http.get(base + '/key').url]: 1, ...http.get(base + '/spread').json() };
  const [x, { url }] = [http.get(base + '/x').url, http.get(base + '/y')];
  console.log(o, x, url, \`\${http.get(base + '/t').status} and \${http.get(base + '/u').status}\`);
}`,
  'lines without semicolons': `${HEAD}
const read = (path) => http.get(base + path).json()
export default function () {
  const first = read('/1')
  ;[1, 2].forEach((n) => http.get(base + '/' + n))
  const second = read('/2')
  ;(() => http.get(base + '/iife'))()
  let count = 0
  count++
  http.get(base + '/end')
  const third = read
  ('/3').items
  [1]
  console.log(first, second, third, count)
}`,
  'loops of every kind': `${HEAD}
export default function () {
  for (let i = 0; i < http.get(base + '/n').json().items.length; i++) http.get(base + '/for/' + i);
  let n = 0;
  while (http.get(base + '/while').status === 200 && n < 2) n++;
  do http.get(base + '/do'); while (n-- > 0);
  for (const item of http.get(base + '/of').json().items) { if (item === 2) continue; http.get(base + '/of/' + item); }
  for (const key in { a: http.get(base), b: 2 }) http.get(base + '/in/' + key);
}`,
  'labels, break and continue out of nested loops': `${HEAD}
export default function () {
  outer: for (const a of [1, 2, 3]) {
    for (const b of [1, 2, 3]) {
      if (b === 2) continue outer;
      if (a === 3) break outer;
      http.get(base + '/' + a + '/' + b);
    }
  }
}`,
  'switch with fall-through': `${HEAD}
export default function () {
  for (const n of [1, 2, 3]) {
    switch (http.get(base + '/' + n).json().id - 9 + n) {
      case http.get(base + '/case').status - 199: console.log('one');
      case 2: http.get(base + '/two'); break;
      default: http.get(base + '/default');
    }
  }
}`,
  'try, catch and finally that wait': `${HEAD}
function risky(n) {
  try {
    if (http.get(base + '/' + n).json().id > 0 && n > 1) throw new Error('bad ' + n);
    return http.get(base + '/fine').url;
  } catch (error) {
    http.get(base + '/caught');
    return error.message;
  } finally {
    http.get(base + '/finally');
  }
}
export default function () { console.log(risky(1), risky(2)); }`,
  'an error that crosses functions': `${HEAD}
import { fail } from 'k6';
const step = (n) => { if (http.get(base + '/' + n).json().items.length === 3 && n === 2) fail('stopped at ' + n); };
export default function () {
  try { [1, 2, 3].forEach(step); } catch (error) { console.log(error.message); }
  step(2);
}`,
  'a tag of a template that waits': `${HEAD}
const fetched = (parts, ...values) => http.get(base + parts.join('-') + values.join('-'));
export default function () {
  console.log(fetched\`/a\${1}/b\${2}\`.url, http.get(http.url\`\${base}/\${3}\`).url);
}`,
  'void, delete, in and instanceof': `${HEAD}
export default function () {
  void http.get(base + '/void');
  const o = { x: 1 };
  console.log('status' in http.get(base), http.get(base) instanceof Object, delete o[http.get(base + '/x').url]);
}`,
  'groups in groups, with values coming out': `${HEAD}
export default function () {
  const url = group('outer', () => {
    http.get(base + '/1');
    const inner = group('inner', function () { sleep(1); return http.get(base + '/2').url; });
    return inner + '!';
  });
  console.log(url, group('calm', () => 7));
}`,
  'checks that make requests': `${HEAD}
export default function () {
  const fine = check(http.get(base), {
    'again': (r) => http.get(r.url + '/again').status === 200,
    'plain': (r) => r.status === 200,
    'a value': true,
    method(r) { return http.get(r.url + '/m').status === 404; },
  });
  console.log(fine, check(1, { calm: (n) => n === 1 }));
}`,
  'a batch, and requests by method': `${HEAD}
export default function () {
  const [one, two] = http.batch([base + '/1', base + '/2']);
  console.log(one.url, two.url, http.request('PUT', base + '/3').url, http.patch(base).url, http.options(base).url, http.head(base).url);
}`,
};
