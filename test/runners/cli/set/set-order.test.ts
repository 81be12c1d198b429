import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseVariants, orderRuns } from '../../../../runners/cli/set/set-order.ts';
import { EXIT } from '../../../../runners/failure.ts';
import { compared } from '../../../reports/set/recorded-runs.ts';

const wide = { ...compared, variants: { ...compared.variants, 'window-1s': { environment: {} } } };

describe('which variants are run', () => {
  it('are those that comparisons name, for all of them', () => {
    assert.deepEqual(chooseVariants('all', wide), ['plain', 'jitter']);
  });

  it('are the file as it stands and every variant, where nothing is compared', () => {
    assert.deepEqual(chooseVariants('all', { ...wide, comparisons: undefined }), ['plain', 'jitter', 'window-1s']);
  });

  it('are those that are named, in their order', () => {
    assert.deepEqual(chooseVariants('window-1s, plain', wide), ['window-1s', 'plain']);
  });

  it('are refused where there is none of the name, or it is named twice', () => {
    const hint = 'There are: plain, jitter, window-1s, or all of them: --variants all';
    assert.throws(() => chooseVariants('jiter', wide), { code: 'unknown-variant', hint, exitCode: EXIT.usageWrong });
    assert.throws(() => chooseVariants('', wide), { code: 'unknown-variant' });
    assert.throws(() => chooseVariants('plain,plain', wide), { code: 'variant-twice' });
  });
});

describe('the order of runs', () => {
  it('is one variant after the other, or in turn', () => {
    assert.deepEqual(orderRuns(['a', 'b'], 2, false), ['a', 'a', 'b', 'b']);
    assert.deepEqual(orderRuns(['a', 'b'], 2, true), ['a', 'b', 'a', 'b']);
  });

  it('is refused where it is too long', () => {
    assert.throws(() => orderRuns(['a', 'b', 'c'], 100, false), { code: 'too-many-runs', exitCode: EXIT.usageWrong });
  });
});
