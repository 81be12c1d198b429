import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWorse, zOf } from '../../../experiments/rollout/services/guard.ts';
import { servedBy } from '../../../experiments/rollout/services/proxy-socket.ts';

test('z is that of the textbook: 30 of 200 against 20 of 250', () => {
  // pooled 1/9: sqrt(1/9 × 8/9 × (1/250 + 1/200)) = 0.02981; (0.15 − 0.08) / 0.02981
  assert.ok(Math.abs(zOf({ all: 250, failed: 20 }, { all: 200, failed: 30 }) - 2.348) < 0.001);
  assert.ok(Number.isNaN(zOf({ all: 0, failed: 0 }, { all: 0, failed: 0 })));
});

test('a build is worse where it surely fails more often, and not for a few failures or none', () => {
  assert.equal(isWorse({ all: 1900, failed: 0 }, { all: 100, failed: 20 }), true);
  assert.equal(isWorse({ all: 1900, failed: 0 }, { all: 100, failed: 4 }), false, 'too few to tell');
  assert.equal(isWorse({ all: 1900, failed: 190 }, { all: 100, failed: 12 }), false, 'as bad as the old one');
  assert.equal(isWorse({ all: 1900, failed: 0 }, { all: 100, failed: 0 }), false);
});

test('what each backend has answered is read from the proxy by the names of its columns', () => {
  const csv = '# pxname,svname,hrsp_5xx,req_tot,\nold,shop,0,\nold,BACKEND,1,190,\nnew,BACKEND,2,10,\nshoppers,FRONTEND,3,200,\n';
  assert.deepEqual(
    [...servedBy(csv)],
    [
      ['old', { all: 190, failed: 1 }],
      ['new', { all: 10, failed: 2 }],
    ],
  );
});
