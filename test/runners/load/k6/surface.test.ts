import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cryptoModule } from '../../../../runners/load/k6/modules/crypto.ts';
import { dataModule } from '../../../../runners/load/k6/modules/data.ts';
import { encodingModule } from '../../../../runners/load/k6/modules/encoding.ts';
import { executionModule } from '../../../../runners/load/k6/modules/execution.ts';
import { htmlModule } from '../../../../runners/load/k6/modules/html.ts';
import { CookieJar } from '../../../../runners/load/k6/modules/http/cookie-jar.ts';
import { httpModule } from '../../../../runners/load/k6/modules/http.ts';
import { k6Module } from '../../../../runners/load/k6/modules/k6.ts';
import { metricsModule } from '../../../../runners/load/k6/modules/metrics.ts';
import { timersModule } from '../../../../runners/load/k6/modules/timers.ts';
import { wsModule } from '../../../../runners/load/k6/modules/ws.ts';
import { exportOf, isK6Module, moduleOf, SURFACE } from '../../../../runners/load/k6/surface.ts';
import { FakeHost } from './fake-host.ts';

/** What the modules that we have give to scripts. */
function ours(): Record<string, object> {
  const host = new FakeHost();
  return {
    k6: k6Module(host),
    'k6/http': httpModule(host).exports,
    'k6/metrics': metricsModule(host),
    'k6/execution': executionModule(host),
    'k6/data': dataModule(host),
    'k6/encoding': encodingModule(),
    'k6/crypto': cryptoModule(host),
    'k6/html': htmlModule(),
    'k6/timers': timersModule(host),
    'k6/ws': wsModule(host, () => new CookieJar()),
  };
}

test('the list of what scripts can use has what the modules give, and nothing else', () => {
  const supported = Object.entries(SURFACE).filter(([, module]) => 'exports' in module);
  const modules = ours();
  assert.deepEqual(supported.map(([name]) => name).sort(), Object.keys(modules).sort());
  for (const [name, module] of Object.entries(modules)) {
    const listed = SURFACE[name];
    assert.ok(listed !== undefined && 'exports' in listed);
    const given = Object.keys(module).filter((each) => listed.constants?.test(each) !== true);
    assert.deepEqual(Object.keys(listed.exports).sort(), given.sort(), name);
  }
});

test('whatever is named as a module of k6 has an answer', () => {
  assert.equal(isK6Module('k6/anything'), true);
  assert.equal(isK6Module('k6-utils'), false);
  assert.deepEqual(moduleOf('k6/x/sql'), { unsupported: 'Extensions of k6 (xk6) are not carried.' });
  assert.deepEqual(exportOf('k6/http', 'TLS_1_3'), { conduct: 'value' });
  assert.deepEqual(exportOf('k6/http', 'get'), { conduct: 'blocking' });
  assert.deepEqual(exportOf('k6/http', 'toString'), { unsupported: "k6/http has no 'toString'." });
  assert.deepEqual(exportOf('k6/ws', 'connect'), { conduct: 'blocking' });
  assert.ok('unsupported' in exportOf('k6/websockets', 'WebSocket'));
});
