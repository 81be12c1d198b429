/** The modules need nothing of Node (the parser for pages needs `atob` besides), and work where every call really blocks: what QuickJS gives them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build } from 'esbuild';
import type { HostRequest } from '../../../../../runners/load/k6/host.ts';
import { eraseAsync } from '../../../../../runners/load/k6/quickjs/erase-async.ts';
import { answerOf, FakeHost } from '../fake-host.ts';

const MODULES = fileURLToPath(new URL('../../../../../runners/load/k6/modules/', import.meta.url));
/** What the parser for pages brings. */
const PACKAGES =
  /^node_modules\/(?:boolbase|cheerio|cheerio-select|css-select|css-what|dom-serializer|domelementtype|domhandler|domutils|entities|htmlparser2|nth-check|parse5|parse5-htmlparser2-tree-adapter)\//;

/** One script of `k6/http`, `k6/html` and `k6/ws`, with `async` and `await` erased. */
async function blockingModules(): Promise<string> {
  const contents = "export { httpModule } from './http.ts'; export { parsePage } from './html.ts'; export { wsModule } from './ws.ts';";
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: MODULES, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    format: 'iife',
    globalName: 'modules',
    target: 'es2022',
  });
  const foreign = Object.keys(metafile.inputs).filter(
    (path) => !/^(?:<stdin>|runners\/load\/k6\/(?:modules\/|host\.ts))/.test(path) && !PACKAGES.test(path),
  );
  assert.deepEqual(foreign, []);
  return eraseAsync(outputFiles[0]?.text ?? '');
}

test('k6/http and k6/html run without anything of Node, and block where the host blocks', async () => {
  const code = await blockingModules();
  const asked: HostRequest[] = [];
  const host = new FakeHost();
  const answers = [
    answerOf({
      status: 302,
      headers: [
        ['Location', '/b'],
        ['Set-Cookie', 'sid=1'],
      ],
    }),
    answerOf({ body: '<form action="/c"><input name="q" value="ü"></form>' }),
    answerOf({ body: '{"list":[{"n":1},{"n":2}]}' }),
  ];
  const blocking = {
    inInit: false,
    http: host.http,
    facts: host.facts,
    request: (request: HostRequest) => {
      asked.push(request);
      return answers[asked.length - 1];
    },
    requested: () => {},
    log: () => {},
    decodeText: (bytes: Uint8Array) => host.decodeText(bytes),
    encodeText: (text: string) => host.encodeText(text),
  };
  const context = vm.createContext({ host: blocking, atob });
  assert.deepEqual(
    vm.runInContext('[typeof URL, typeof Buffer, typeof TextEncoder, typeof setTimeout, typeof process]', context).join(),
    'undefined,undefined,undefined,undefined,undefined',
  );
  vm.runInContext(code, context);
  const script = `
    const { exports: http } = modules.httpModule(host, modules.parsePage);
    const page = http.post('http://me:pw@a/x', { a: 1 });
    const found = page.submitForm();
    [page.url, page.html('input').attr('name'), found.json('list.#.n').join(), http.cookieJar().cookiesForURL('http://a/').sid.join()].join(' ');
  `;
  assert.equal(vm.runInContext(script, context), 'http://a/b q 1,2 1');
  assert.deepEqual(
    asked.map(({ method, url }) => `${method} ${url}`),
    ['POST http://a/x', 'GET http://a/b', 'GET http://a/c?q=%C3%BC'],
  );
});

test('k6/ws runs without anything of Node, and stands still until its connection has ended', async () => {
  const events = [
    { type: 'text', text: 'one' },
    { type: 'binary', bytes: Uint8Array.of(1, 2) },
    { type: 'close', code: 1000 },
  ];
  const host = new FakeHost();
  const sent: unknown[] = [];
  const opening = { id: 1, status: 101, headers: [], body: '', subprotocol: '', error: '', errorCode: 0, connectingMs: 1 };
  const blocking = {
    inInit: false,
    http: host.http,
    facts: host.facts,
    sample: () => {},
    log: () => {},
    sockets: { open: () => opening, next: () => events.shift(), send: (_id: number, data: unknown) => sent.push(data), close: () => {} },
  };
  const context = vm.createContext({ host: blocking, atob });
  vm.runInContext(await blockingModules(), context);
  const script = `
    const heard = [];
    const ws = modules.wsModule(host, () => modules.httpModule(host).jar());
    const response = ws.connect('ws://a/', (socket) => {
      socket.on('open', () => socket.send('hello'));
      socket.on('message', (text) => heard.push(text));
      socket.on('binaryMessage', (bytes) => heard.push(bytes.byteLength));
      socket.on('close', (code) => heard.push(code));
    });
    [response.status, ...heard].join();
  `;
  assert.equal(vm.runInContext(script, context), '101,one,2,1000');
  assert.deepEqual(sent, ['hello']);
});
