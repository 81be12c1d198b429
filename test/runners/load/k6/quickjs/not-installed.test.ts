import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScriptFailure } from '../../../../../runners/load/k6/exit-codes.ts';
import { loadEngine } from '../../../../../runners/load/k6/quickjs/engine.ts';
import { instantiateInQuickJs } from '../../../../../runners/load/k6/quickjs/quickjs-script.ts';

test('where QuickJS is not installed a script is refused, with the places that need it and what to install', async () => {
  const parts = {
    script: { entry: 'script.js', code: '', parameters: [] },
    obstacles: 'script.js:7:5: A call that waits stands in a constructor.',
    readsPages: false,
    originalStack: (stack: string) => stack,
  };
  const refused = instantiateInQuickJs(parts, () => loadEngine('@firedrill/no-such-interpreter'));
  await assert.rejects(refused, (error) => {
    assert.ok(error instanceof ScriptFailure);
    assert.equal(error.exitCode, 107);
    assert.match(error.message, /needs QuickJS, which is not installed, because of\nscript\.js:7:5: A call that waits/);
    assert.match(error.hint ?? '', /npm install @jitl\/quickjs-wasmfile-release-asyncify/);
    return true;
  });
});
