import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Element } from '../../../../../../runners/load/k6/modules/html/element.ts';
import type { Selection } from '../../../../../../runners/load/k6/modules/html/selection.ts';
import { htmlModule, parsePage } from '../../../../../../runners/load/k6/modules/html.ts';

const { parseHTML } = htmlModule();

const MENU = `<!doctype html><title>Menu</title>
<ul id="menu" class="list main" data-max-items="12" data-open="true" data-info='{"a":[1]}'>
  <li class="item" id="one">Soup <b>hot</b></li>
  <li class="item cold" id="two" lang="fr">Salad</li><!-- none left -->
  <li class="item" id="three"><a href="../cake?x=1">Cake &amp; tea</a></li>
</ul><p>End</p>`;

const ids = (selection: Selection) => selection.toArray().map((each) => each.attr('id'));
const menu = () => parseHTML(MENU);
const element = (selector: string) => menu().find(selector).get(0) as Element;

test('elements are found from elements, by selectors', () => {
  const doc = menu();
  assert.deepEqual(ids(doc.find('li')), ['one', 'two', 'three']);
  const two = doc.find('#two');
  const found: Record<string, Selection> = {
    parent: two.parent(),
    'parent none': two.parent('.none'),
    next: two.next(),
    prev: two.prev(),
    nextAll: doc.find('#one').nextAll(),
    prevAll: doc.find('#three').prevAll('.cold'),
    nextUntil: doc.find('#one').nextUntil('#three'),
    prevUntil: doc.find('#three').prevUntil(doc.find('#one')),
    siblings: two.siblings(),
    closest: doc.find('b').closest('li'),
    parentsUntil: doc.find('b').parentsUntil('ul'),
    parents: doc.find('b').parents('ul'),
    children: doc.find('ul').children('.item'),
    has: doc.find('li').has('a'),
    first: doc.find('li').first(),
    last: doc.find('li').last(),
    eq: doc.find('li').eq(-2),
    slice: doc.find('li').slice(1, 3),
  };
  assert.deepEqual(Object.fromEntries(Object.entries(found).map(([name, selection]) => [name, ids(selection)])), {
    parent: ['menu'],
    'parent none': [],
    next: ['three'],
    prev: ['one'],
    nextAll: ['two', 'three'],
    prevAll: ['two'],
    nextUntil: ['two'],
    prevUntil: ['two'],
    siblings: ['one', 'three'],
    closest: ['one'],
    parentsUntil: ['one'],
    parents: ['menu'],
    children: ['one', 'two', 'three'],
    has: ['three'],
    first: ['one'],
    last: ['three'],
    eq: ['two'],
    slice: ['two', 'three'],
  });
});

test('filter, not and is take a selector, a test or a selection', async () => {
  const items = menu().find('li');
  const cold = items.filter('.cold');
  assert.deepEqual(ids(cold), ['two']);
  assert.deepEqual(ids(await items.filter((index) => index !== 1)), ['one', 'three']);
  assert.deepEqual(ids(await items.filter((_, each) => each.find('b').size() > 0)), ['one']);
  assert.deepEqual(ids(items.filter(cold)), ['two']);
  assert.deepEqual(ids(items.not('.cold')), ['one', 'three']);
  assert.deepEqual(ids(items.not(cold)), ['one', 'three']);
  assert.deepEqual(ids(await items.not((index) => index === 0)), ['two', 'three']);
  assert.equal(items.is('.cold'), true);
  assert.equal(items.is('ol'), false);
  assert.equal(await items.is((_, each) => each.text() === 'Salad'), true);
});

test('each gives elements and map selections, with their places', () => {
  const seen: unknown[] = [];
  menu()
    .find('li')
    .each((index, each) => seen.push([index, each.id()]));
  assert.deepEqual(seen, [
    [0, 'one'],
    [1, 'two'],
    [2, 'three'],
  ]);
  assert.deepEqual(
    menu()
      .find('li')
      .map((index, each) => `${index} ${each.attr('class')}`),
    ['0 item', '1 item cold', '2 item'],
  );
});

test('texts, attributes, data and markup of the first', () => {
  const doc = menu();
  assert.equal(doc.find('#one').text(), 'Soup hot');
  assert.equal(doc.find('li').text(), 'Soup hotSaladCake & tea');
  assert.equal(doc.find('#one').html(), 'Soup <b>hot</b>');
  assert.equal(doc.find('a').html(), 'Cake &amp; tea');
  assert.equal(doc.find('.none').html(), undefined);
  assert.equal(doc.find('li').attr('id'), 'one');
  assert.equal(doc.find('li').attr('none'), undefined);
  assert.equal(doc.find('li').attr('none', 'else'), 'else');
  assert.equal(doc.find('ul').data('maxItems'), 12);
  assert.equal(doc.find('ul').data('open'), true);
  assert.deepEqual(doc.find('ul').data('info'), { a: [1] });
  assert.equal(doc.find('ul').contents().size(), 8);
  assert.equal(doc.find('li').size(), 3);
});

test('markup is read as browsers read it', () => {
  assert.equal(parseHTML('<p>a<p>b').find('p').size(), 2);
  assert.equal(parseHTML('<table><tr><td>x').find('table > tbody > tr > td').text(), 'x');
  assert.equal(parseHTML('<script>if (a < b) {}</script>').find('script').text(), 'if (a < b) {}');
  assert.equal(parseHTML('').text(), '');
});

const FORM = `<form>
  <input name="text" value="a b"><input name="empty"><input value="nameless"><input name="off" value="x" disabled>
  <input type="checkbox" name="c" checked><input type="checkbox" name="c" value="2" checked><input type="checkbox" name="d">
  <input type="radio" name="r" value="1"><input type="RADIO" name="r" value="2" checked>
  <select name="s"><option>One<option value="2" selected>Two</select>
  <select name="first"><option disabled>No<option>  One
   two</select>
  <select name="m" multiple><option selected>x<option>y<option selected value="z">zz</select>
  <textarea name="t">l1
l2</textarea>
  <input type="submit" name="go" value="1"><input type="file" name="f"><button name="b">b</button>
  <fieldset disabled><input name="fenced" value="1"></fieldset>
</form>`;

test('a form serializes the fields that a browser would send', () => {
  const form = parseHTML(FORM).find('form');
  const pairs = form.serializeArray().map(({ name, value }) => `${name}=${value}`);
  assert.deepEqual(pairs, ['text=a b', 'empty=', 'c=on', 'c=2', 'r=2', 's=2', 'first=One two', 'm=x', 'm=z', 't=l1\r\nl2']);
  assert.equal(form.serialize(), 'c=on&c=2&empty=&first=One+two&m=x&m=z&r=2&s=2&t=l1%0D%0Al2&text=a+b');
  const object = form.serializeObject();
  assert.deepEqual([object['c'], object['m'], object['text']], ['2', 'z', 'a b']);
  assert.deepEqual(parseHTML(FORM).find('[name=s], form [name=text]').serializeObject(), { text: 'a b', s: '2' });
});

test('val is what a field holds', () => {
  const doc = parseHTML(FORM);
  const of = (name: string) => doc.find(`[name=${name}]`).val();
  assert.deepEqual(
    [of('text'), of('empty'), of('c'), of('s'), of('m'), of('t'), of('first')],
    ['a b', undefined, 'on', '2', ['x', 'z'], 'l1\nl2', 'One two'],
  );
  assert.equal(doc.find('form').val(), undefined);
});

test('an element tells of itself', () => {
  const two = element('#two');
  assert.deepEqual(
    [two.nodeName(), two.nodeType(), two.id(), two.className(), two.lang(), two.textContent()],
    ['li', 1, 'two', 'item cold', 'fr', 'Salad'],
  );
  assert.deepEqual(two.classList(), ['item', 'cold']);
  assert.deepEqual(Object.keys(two.attributes()), ['class', 'id', 'lang']);
  assert.equal(two.attributes()['lang']?.value, 'fr');
  assert.ok(two.getAttributeNode('LANG')?.ownerElement.isSameNode(two));
  assert.deepEqual(
    [two.hasAttribute('lang'), two.hasAttribute('none'), two.hasAttributes(), two.getAttribute('none')],
    [true, false, true, undefined],
  );
  assert.deepEqual([two.matches('.cold'), two.matches('.hot'), String(two)], [true, false, '[object html.Element]']);
  assert.equal(two.innerHTML(), 'Salad');
  const path = parseHTML('<svg><path></svg>').find('path').get(0) as Element;
  assert.deepEqual(
    [two.isDefaultNamespace(), two.namespaceURI(), path.isDefaultNamespace()],
    [true, 'http://www.w3.org/1999/xhtml', false],
  );
  assert.equal(path.namespaceURI(), 'http://www.w3.org/2000/svg');
  assert.deepEqual(ids(two.selection().next()), ['three']);
});

test('elements lead to their relatives', () => {
  const list = element('ul');
  const [two, three] = [element('#two'), element('#three')];
  assert.equal(list.childElementCount(), 3);
  assert.equal(list.childNodes().length, 8);
  assert.deepEqual(
    list.children().map((each) => each.id()),
    ['one', 'two', 'three'],
  );
  assert.deepEqual([list.firstElementChild()?.id(), list.lastElementChild()?.id()], ['one', 'three']);
  assert.deepEqual([list.firstChild()?.nodeName(), list.firstChild()?.nodeType(), list.lastChild()?.nodeName()], ['#text', 3, '#text']);
  assert.deepEqual(
    [two.nextSibling()?.nodeName(), two.nextSibling()?.nodeValue(), two.nextSibling()?.nodeType()],
    ['#comment', ' none left ', 8],
  );
  assert.deepEqual(
    [two.nextElementSibling()?.id(), two.previousElementSibling()?.id(), three.nextElementSibling()],
    ['three', 'one', undefined],
  );
  assert.equal(two.previousSibling()?.nodeName(), '#text');
  assert.deepEqual([two.parentNode()?.id(), two.parentElement()?.nodeName(), two.ownerDocument()?.nodeName()], ['menu', 'ul', '#document']);
  assert.deepEqual(
    list.getElementsByClassName('cold item').map((each) => each.id()),
    ['two'],
  );
  assert.deepEqual(list.getElementsByTagName('LI').length, 3);
  assert.equal(list.querySelector('a')?.textContent(), 'Cake & tea');
  assert.equal(list.querySelectorAll('li').length, 3);
  assert.equal(list.querySelector('h1'), undefined);
  const inside = list.querySelector('b') ?? assert.fail();
  assert.deepEqual([list.contains(inside), list.contains(list), inside.contains(list)], [true, true, false]);
  assert.deepEqual([element('#two').isEqualNode(two), element('#two').isSameNode(two), three.isEqualNode(two)], [true, false, false]);
  assert.deepEqual([list.hasChildNodes(), list.firstChild()?.hasChildNodes()], [true, false]);
});

test('links are absolute where the page has a URL, fields tell their value', () => {
  const link = parsePage(MENU, 'http://a/b/c/menu').find('a').get(0) as Element;
  assert.equal(link.href(), 'http://a/b/cake?x=1');
  assert.equal(element('a').href(), '../cake?x=1');
  const field = parseHTML(FORM).find('[name=r][checked]').get(0) as Element;
  assert.deepEqual(
    [field.name(), field.type(), field.value(), field.checked(), field.disabled(), field.selected()],
    ['r', 'RADIO', '2', true, false, false],
  );
  assert.equal((parseHTML('<form action="/x">').find('form').get(0) as Element).method(), 'get');
});

test('get gives one by its place, from the end too, or all', () => {
  const items = menu().find('li');
  assert.equal((items.get(-1) as Element).id(), 'three');
  assert.equal(items.get(9), undefined);
  assert.equal((items.get() as Element[]).length, 3);
});

test('callbacks that block are waited for, one after the other', async () => {
  const items = menu().find('li');
  const order: string[] = [];
  const blocking = async (index: number, name: string | undefined) => {
    order.push(`begin ${name}`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`end ${name}`);
    return index !== 1;
  };
  assert.equal(await items.each((index, element) => blocking(index, element.id())), items);
  assert.deepEqual(order, ['begin one', 'end one', 'begin two', 'end two', 'begin three', 'end three']);
  const byName = (index: number, each: Selection) => blocking(index, each.attr('id'));
  assert.deepEqual(await items.map(byName), [true, false, true]);
  assert.deepEqual(ids(await items.filter(byName)), ['one', 'three']);
  assert.deepEqual(ids(await items.not(byName)), ['two']);
  assert.equal(await items.is(byName), true);
  assert.equal(order.length, 30);
  await assert.rejects(async () => await items.each(async () => assert.fail('inside')), /inside/);
});

test('a page may be nested 500 deep; one that is nested without end is refused at once', () => {
  const nested = (depth: number) => `${'<div>'.repeat(depth)}<input name="deep" value="1">end`;
  const doc = parseHTML(nested(500));
  assert.equal(doc.text(), 'end');
  assert.deepEqual(doc.serializeArray(), [{ name: 'deep', value: '1' }]);
  assert.throws(() => parseHTML(nested(1_000_000)), /the page has more than 512 elements inside of each other/);
  assert.equal(parseHTML('<p>x</p>'.repeat(1000)).find('p').size(), 1000);
});
