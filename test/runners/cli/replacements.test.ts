import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { watchReplacements } from '../../../runners/cli/replacements.ts';
import type { ContainerEvent } from '../../../runners/docker/container-events.ts';
import type { Target } from '../../../runners/faults/fault.ts';
import type { Replacement } from '../../../runners/runbook/follow.ts';
import { exampleTarget } from '../../helpers/example-run.ts';

const COMPOSE = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web', 'com.docker.compose.container-number': '1' };
const web = { ...exampleTarget('shop-web-1', COMPOSE), id: 'old', service: 'web' };
const lonely = { ...exampleTarget('lonely'), id: 'alone', project: undefined, service: undefined };
const permission = { allow: { projects: [] }, protect: { names: [], projects: [] } };

function start(id: string, container: string, labels: Record<string, string>): ContainerEvent {
  return {
    id,
    container,
    labels: { 'firedrill.allow': 'true', ...labels },
    service: undefined,
    action: 'start',
    detail: undefined,
    at: new Date(0),
  };
}

const told = (...events: readonly ContainerEvent[]) => toldOn([web, lonely], events);

/** `present`: the targets as they are by now. */
function toldOn(present: readonly Target[], events: readonly ContainerEvent[]): readonly Replacement[] {
  const watch = watchReplacements([web, lonely], permission, () => present);
  const all: Replacement[] = [];
  watch.replacements((each) => all.push(each));
  for (const event of events) watch.started(event);
  return all;
}

describe('a container that starts', () => {
  test('under its own id was restarted', () => {
    assert.deepEqual(told(start('old', 'shop-web-1', COMPOSE)), [
      { from: 'old', to: { id: 'old', name: 'shop-web-1' }, refused: undefined, moved: [] },
    ]);
  });

  test('in the place of another is that one made anew, time and again, whatever its name meanwhile', () => {
    const all = told(start('new', 'ab12_shop-web-1', COMPOSE), start('newer', 'shop-web-1', COMPOSE));
    assert.deepEqual(
      all.map(({ from, to }) => [from, to.id]),
      [
        ['old', 'new'],
        ['new', 'newer'],
      ],
    );
  });

  test('outside Compose is known by its name, and any other concerns nobody', () => {
    assert.deepEqual(
      told(
        start('again', 'lonely', {}),
        start('x', 'other', {}),
        start('y', 'shop-web-2', { ...COMPOSE, 'com.docker.compose.container-number': '2' }),
      ).map(({ from }) => from),
      ['alone'],
    );
  });

  test('is told with whoever has other addresses by now than in the plan; one that has none just now has not moved', () => {
    const [none] = toldOn([{ ...web, addresses: [] }, lonely], [start('old', 'shop-web-1', COMPOSE)]);
    assert.deepEqual(none?.moved, []);
    const [moved] = toldOn([{ ...web, id: 'new', addresses: ['172.30.0.9', 'fd00::9'] }, lonely], [start('alone', 'lonely', {})]);
    assert.deepEqual([moved?.from, moved?.moved], ['alone', [{ was: ['172.30.0.2'], now: ['172.30.0.9', 'fd00::9'] }]]);
  });

  test('is refused where its new self is not allowed, or is protected', () => {
    const [denied] = told(start('new', 'lonely', { 'firedrill.allow': 'no' }));
    assert.match(denied?.refused ?? '', /may not be touched any more/);
    const [guarded] = told(start('new', 'lonely', { 'firedrill.protect': 'true' }));
    assert.match(guarded?.refused ?? '', /protected/);
  });
});
