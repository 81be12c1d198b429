import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { compileScript } from '../../../../../runners/load/k6/transform/instantiate.ts';
import { ScriptPositions } from '../../../../../runners/load/k6/transform/positions.ts';
import { createHost, type Files, transformFiles } from './fake-host.ts';

async function thrownBy(files: Files): Promise<{ error: Error; positions: ScriptPositions }> {
  const script = await transformFiles(files);
  const { host } = createHost(false);
  try {
    const main = compileScript(script)(host)['default'];
    if (typeof main === 'function') await main();
  } catch (error) {
    assert.ok(error instanceof Error);
    return { error, positions: new ScriptPositions(script.map) };
  }
  return assert.fail('the script threw nothing');
}

const FILES = {
  'script.ts': `import http from 'k6/http';
import { check } from './lib/checks.ts';
interface Page { url: string }

export default function () {
  const page: Page = http.get('/1'); const second = http.get('/2');
  check(page); check(second);
}`,
  'lib/checks.ts': `import { sleep } from 'k6';
type Any = { url?: string };

export function check(page: Any): void {
  sleep(1); if (page.url === '/2') throw new Error('not that one');
}`,
};

test('an error thrown after waiting leads to the line in the author’s file', async () => {
  const { error, positions } = await thrownBy(FILES);
  const place = positions.originalPosition(error.stack ?? '');
  assert.equal(basename(place?.file ?? ''), 'checks.ts');
  assert.equal(place?.line, 5);
  assert.equal(place?.column, 42);
  assert.match(place?.sourceLine ?? '', /not that one/);
});

test('a whole stack names the author’s files and nothing of those who run the script', async () => {
  const { error, positions } = await thrownBy(FILES);
  const stack = positions.originalStack(error.stack ?? '');
  assert.match(stack, /^Error: not that one\n/);
  assert.match(stack, /lib\/checks\.ts:5:42/);
  assert.match(stack, /script\.ts:7:16/);
  assert.doesNotMatch(stack, /firedrill-script|node:internal|fake-host/);
});

test('a throw while the script is loaded has its place too', async () => {
  const { error, positions } = await thrownBy({
    'script.js':
      "import http from 'k6/http';\nconst text = undefined;\nexport const size = text.length;\nexport default () => http.get('/');",
  });
  assert.deepEqual(positions.originalPosition(error.stack ?? '')?.line, 3);
});

test('a stack without a line of the script has no place', async () => {
  const { positions } = await thrownBy({ 'script.js': 'export default () => { throw new Error(); };' });
  assert.equal(positions.originalPosition('Error: x\n    at somewhere (file.js:1:2)'), undefined);
});
