// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of experiments are written like this
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { complaintsOf, experimentOf, parse, problemsOf } from './support.ts';

const titleOf = (title: string, environment: Record<string, string> = {}): string => experimentOf(`title: ${title}`, { environment }).title;

describe('variables of the environment', () => {
  test('stand in any text', () => {
    assert.equal(titleOf('"${WHAT} in ${WHERE}"', { WHAT: 'Darkness', WHERE: 'Brazil' }), 'Darkness in Brazil');
  });

  test('have defaults for when they are unset or empty', () => {
    assert.equal(titleOf('"${WHAT:-Calm}"'), 'Calm');
    assert.equal(titleOf('"${WHAT:-Calm}"', { WHAT: '' }), 'Calm');
    assert.equal(titleOf('"${WHAT:-Calm}"', { WHAT: 'Storm' }), 'Storm');
  });

  test('are escaped by a second dollar', () => {
    assert.equal(titleOf('"$${WHAT} costs $5"'), '${WHAT} costs $5');
  });

  test('never bring YAML with them', () => {
    assert.equal(titleOf('${WHAT}', { WHAT: '{a: b} # *x' }), '{a: b} # *x');
  });

  test('are a number where a number belongs, and text where text belongs, quoted or not', () => {
    const text = (rate: string): string =>
      `
title: \${N}
description: "\${N}"
system: {compose: a, environment: {A: \${N}}}
limits: {max-targets: "${rate}"}
load: {scenarios: {v: {executor: constant-arrival-rate, rate: "${rate}", duration: 1s, requests: [{url: "http://h/", body: "\${N}"}]}}}
`.replace('A: ${N}', 'A: "${N}"');
    const experiment = experimentOf(text('${N}'), { environment: { N: '12' } });
    assert.deepEqual([experiment.title, experiment.description], ['12', '12']);
    assert.equal(experiment.limits.maxTargets, 12);
    assert.deepEqual(experiment.scenarios[0]?.settings, { rate: 12, duration: '1s' });
    assert.equal(experiment.scenarios[0]?.requests[0]?.body, '12');
  });

  test('that are unset are each pointed at, and nothing else is said about them', () => {
    assert.equal(
      complaintsOf('title: "${WHAT} in ${WHERE}"\nwatch: ${LONG}', { environment: { WHERE: 'here', LONK: '3s' } }),
      `drill.yaml:1:9: the environment has no WHAT
  hint: set it, or give a default: \${WHAT:-…}
  1 | title: "\${WHAT} in \${WHERE}"
    |         ^^^^^^^

drill.yaml:2:8: the environment has no LONG
  hint: did you mean \${LONK}?
  2 | watch: \${LONG}
    |        ^^^^^^^`,
    );
  });

  test('must be variables', () => {
    assert.equal(problemsOf('title: "${a b}"')[0]?.message, "'${a b}' names no variable of the environment");
    assert.equal(problemsOf('title: "a ${b"')[0]?.message, "'${' is never closed");
    assert.equal(problemsOf('title: "a ${b"')[0]?.column, 11);
  });

  test('do not reach into the prototype of the environment', () => {
    assert.equal(problemsOf('title: "${toString}"')[0]?.code, 'unset-variable');
  });
});

describe("a scenario's data", () => {
  const load = (url: string, data = '{video: {zipf: {items: 10}}}'): string => `
title: x
load:
  scenarios:
    v: {executor: constant-vus, vus: 1, duration: 1s, data: ${data}, requests: [{url: "${url}"}]}
`;

  test('stays in the requests for the load generator, beside variables', () => {
    const { scenarios } = experimentOf(load('http://${HOST}/${video}'), { environment: { HOST: 'h', video: 'not this' } });
    assert.equal(scenarios[0]?.requests[0]?.url, 'http://h/${video}');
    assert.deepEqual(scenarios[0]?.data, { video: { zipf: { items: 10, exponent: 1, prefix: '' } } });
  });

  test('is of its own scenario only', () => {
    assert.equal(problemsOf(load('http://h/${video}', '{film: {values: [a]}}'))[0]?.code, 'unset-variable');
    assert.equal(problemsOf(load('http://h/${vidoe}'))[0]?.hint, 'did you mean ${video}?');
    assert.equal(problemsOf(`${load('http://h/')}description: "\${video}"`)[0]?.code, 'unset-variable');
  });

  test('cannot be escaped, since the load generator would fill it in', () => {
    assert.equal(problemsOf(load('http://h/$${video}'))[0]?.message, "'video' is a name of this scenario and cannot be escaped");
  });

  test('of the file counts in the requests of a variant', () => {
    const text = `${load('http://h/${video}')}variants: {other: {load: {scenarios: {v: {requests: [{url: "http://h/other/\${video}"}]}}}}}`;
    assert.equal(experimentOf(text, { variant: 'other' }).scenarios[0]?.requests[0]?.url, 'http://h/other/${video}');
  });

  test('is one generator, spelled right', () => {
    assert.match(complaintsOf(load('http://h/', '{video: {zipf: {items: 0}}}')), /0 must be at least 1/);
    assert.match(complaintsOf(load('http://h/', '{video: {zpif: {items: 3}}}')), /did you mean 'zipf'\?/);
    assert.match(complaintsOf(load('http://h/', '{video: {values: []}}')), /needs at least 1 item/);
  });
});

describe('secrets', () => {
  const environment = { PASSWORD: 'hunter2hunter2', PIN: '1234' };

  test('are put in, and their values handed out so that they are written nowhere', () => {
    const result = parse('title: x\nprobes: {a: {probe: http, url: "http://u:${secret:PASSWORD}@h/${PIN}"}}', { environment });
    assert.ok(result.ok);
    assert.deepEqual(result.secrets, ['hunter2hunter2']);
    assert.deepEqual(result.experiment.probes[0]?.settings, { url: 'http://u:hunter2hunter2@h/1234' });
  });

  test('stay text, even where they look like a number', () => {
    assert.equal(titleOf('${secret:PIN}', environment), '1234');
  });

  test('are not in the problems of the file', () => {
    const text = complaintsOf('title: x\nwatch: ${secret:PASSWORD}\nprobes: {"a${secret:PASSWORD}": {}}', { environment });
    assert.ok(!text.includes('hunter2'), text);
    assert.match(text, /'\[secret\]' is not a duration/);
  });

  test('that are unset are problems like any other variable', () => {
    assert.equal(problemsOf('title: ${secret:NONE}')[0]?.message, 'the environment has no NONE');
  });
});
