import assert from 'node:assert/strict';
import { test } from 'node:test';
import { htmlModule } from '../../../../../runners/load/k6/modules/html.ts';
import { httpModule } from '../../../../../runners/load/k6/modules/http.ts';
import { SURFACE } from '../../../../../runners/load/k6/surface.ts';
import { FakeHost } from '../fake-host.ts';

for (const [name, exports] of [
  ['k6/http', httpModule(new FakeHost()).exports],
  ['k6/html', htmlModule()],
] as const) {
  test(`${name} exports what the surface says, and nothing else`, () => {
    const surface = SURFACE[name];
    assert.ok(surface && 'exports' in surface);
    const names = Object.keys(exports).filter((each) => !surface.constants?.test(each));
    assert.deepEqual(names.sort(), Object.keys(surface.exports).sort());
  });
}
