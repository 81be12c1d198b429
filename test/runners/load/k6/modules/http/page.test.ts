import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpModule, needsPages } from '../../../../../../runners/load/k6/modules/http.ts';
import { bodyOf, FakeHost, sent } from '../../fake-host.ts';
import { inTurn } from './support.ts';

const LOGIN = `
<a name="top">top</a> <a href="help?x=1#part">help</a> <a class="out" href="https://other.example/">out</a>
<form action="/session?old=1" method="post">
  <input name="user" value="ann"><input name="token" type="hidden" value="t 1">
  <input type="checkbox" name="tag" value="a" checked><input type="checkbox" name="tag" value="b" checked>
  <input type="submit" name="go" value="in"><button name="other" type="button">no</button>
</form>
<form id="search"><input name="q" value="x y"></form>`;

const page = (more = {}) => inTurn({ body: LOGIN }, { body: 'done', ...more });

test('a form is submitted with what the page says, its button, and what the script says instead', async () => {
  const { host, http } = page();
  const response = await (await http.get('http://a/dir/login')).submitForm({
    fields: { user: 'bob', more: 1 },
    params: { headers: { X: '1' } },
  });
  assert.equal(response.body, 'done');
  const [, request] = host.requests;
  assert.deepEqual([request?.method, request?.url], ['POST', 'http://a/session?old=1']);
  assert.equal(bodyOf(request), 'go=in&more=1&tag=a&tag=b&token=t+1&user=bob');
  assert.deepEqual([...sent(request, 'content-type'), ...sent(request, 'x')], ['application/x-www-form-urlencoded', '1']);
});

test('a form that says nothing is asked for with GET, at the page itself', async () => {
  const { host, http } = page();
  await (await http.get('http://a/dir/login?z=1')).submitForm({ formSelector: '#search' });
  assert.deepEqual(
    [host.requests[1]?.method, host.requests[1]?.url, host.requests[1]?.body],
    ['GET', 'http://a/dir/login?q=x+y', undefined],
  );
});

test('a link is followed: the first with a href, or the one that is meant', async () => {
  const { host, http } = page();
  const response = await http.get('http://a/dir/login');
  await response.clickLink();
  await response.clickLink({ selector: 'a.out', params: { tags: { name: 'out' } } });
  assert.deepEqual(
    host.requests.slice(1).map(({ url }) => url),
    ['http://a/dir/help?x=1', 'https://other.example/'],
  );
  assert.equal(host.requestedAll[2]?.tags['name'], 'out');
});

test('a page without such a form or link is an error that names it', async () => {
  const { http } = page();
  const response = await http.get('http://a/x');
  await assert.rejects(response.submitForm({ formSelector: '#none' }), /http:\/\/a\/x has no form '#none' to submit/);
  await assert.rejects(response.clickLink({ selector: '.none' }), /no link '.none' with a href/);
  await assert.rejects(response.clickLink({ selector: 'a[name=top]' }), /no link 'a\[name=top\]' with a href/);
});

test('a response is read as a page, whole or by a selector', async () => {
  const { http } = page();
  const response = await http.get('http://a/x');
  assert.equal(response.html('form').size(), 2);
  assert.equal(response.html().find('#search input').attr('name'), 'q');
  assert.equal(response.html('a').eq(1).get(0) instanceof Object, true);
});

test('without the parser for pages, reading one says what is missing', async () => {
  const { exports: http } = httpModule(new FakeHost(() => ({ body: '<p>' })));
  const response = await http.get('http://a/');
  assert.throws(() => response.html(), /need the HTML parser/);
});

test('a script needs the parser where it names a call that reads pages', () => {
  for (const source of ['res.html("p")', 'res["submitForm"]()', 'r.clickLink({})', 'parseHTML(x)']) assert.ok(needsPages(source), source);
  assert.ok(!needsPages('http.get("http://a/x.htmlx"); const submitForms = 1;'));
});
