import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { AnswerCheck, Extraction } from '../../../../experiments/language/experiment.ts';
import { AnswerView } from '../../../../runners/load/requests/answer-view.ts';
import { prepareChecks } from '../../../../runners/load/requests/checks.ts';
import { prepareExtracts } from '../../../../runners/load/requests/extracts.ts';
import { fixedTemplate } from '../../../../runners/load/requests/template.ts';
import { Slots, Values } from '../../../../runners/load/requests/values.ts';
import { DECODED_BYTES_MAX } from '../../../../runners/load/transport/decode.ts';
import { outcomeOfError, outcomeOfStatus } from '../../../../runners/load/transport/outcomes.ts';

const headers = ['X-Served-By', 'us-east-1', 'Age', '3', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'];
const body = Buffer.from('{"video":"7","size":3,"tags":["hd","new"],"next":null}');
const answer = new AnswerView({ status: 201, headers, body, bodyBytes: body.length }, 120);
const values = new Values(new Slots(new Map(), []), 1);

function passes(check: AnswerCheck): boolean | undefined {
  return prepareChecks({ check }, fixedTemplate)[0]?.passes(answer, values);
}

test('a check holds when each of its lines does', () => {
  assert.equal(passes({ status: 201 }), true);
  assert.equal(passes({ status: 204 }), false);
  assert.equal(passes({ status: '2xx' }), true);
  assert.equal(passes({ status: ['3xx', 404] }), false);
  assert.equal(passes({ status: [404, '2xx'] }), true);
  assert.equal(passes({ header: 'x-served-by', equals: 'us-east-1' }), true);
  assert.equal(passes({ header: 'x-served-by', equals: 'sa-east-1' }), false);
  assert.equal(passes({ header: 'X-Served-By', matches: '^us-' }), true);
  assert.equal(passes({ header: 'set-cookie', matches: '^b=' }), true, 'any of several values');
  assert.equal(passes({ header: 'age' }), true);
  assert.equal(passes({ header: 'etag' }), false);
  assert.equal(passes({ 'body-contains': '"7"' }), true);
  assert.equal(passes({ 'body-contains': '"8"' }), false);
  assert.equal(passes({ 'body-matches': '"video":"\\d+"' }), true);
  assert.equal(passes({ status: 201, header: 'age', equals: '4' }), false);
  assert.equal(passes({ 'duration-below': { ms: 121 } }), true);
  assert.equal(passes({ 'duration-below': { ms: 120 } }), false);
});

test('a JSONPath is there, equals as text, or matches', () => {
  assert.equal(passes({ json: '$.video' }), true);
  assert.equal(passes({ json: '$.next' }), true, 'null is there');
  assert.equal(passes({ json: '$.nothing' }), false);
  assert.equal(passes({ json: '$.size', equals: '3' }), true);
  assert.equal(passes({ json: '$.tags[*]', equals: 'new' }), true);
  assert.equal(passes({ json: '$.tags[?@ == "old"]' }), false);
  assert.equal(passes({ json: '$.video', matches: '^[a-z]$' }), false);
});

test('a body that is no JSON has no paths, and fails no more than the check', () => {
  const view = new AnswerView({ status: 200, headers: [], body: Buffer.from('<html>'), bodyBytes: 6 }, 1);
  assert.equal(prepareChecks({ check: { json: '$' } }, fixedTemplate)[0]?.passes(view, values), false);
});

test('JSON that is nested deeper than the stack fails the check, and has no value, but does no harm', () => {
  const nested = Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
  const view = new AnswerView({ status: 200, headers: [], body: nested, bodyBytes: nested.length }, 1);
  for (const json of ['$', '$..id']) {
    assert.equal(prepareChecks({ check: { json, matches: 'x' } }, fixedTemplate)[0]?.passes(view, values), false, json);
    assert.equal(prepareExtracts({ it: { json } })[0]?.take(view), undefined, json);
  }
});

test('a body that was not kept whole, or is too large when it is decoded, is known as such', () => {
  const whole = (body: Buffer, bodyBytes: number, encoding = 'identity') =>
    new AnswerView({ status: 200, headers: ['Content-Encoding', encoding], body, bodyBytes }, 1).whole;
  assert.equal(whole(Buffer.from('all'), 3), true);
  assert.equal(whole(Buffer.from('al'), 3), false);
  const large = gzipSync(Buffer.alloc(DECODED_BYTES_MAX + 1));
  assert.equal(whole(large, large.length, 'gzip'), false);
  assert.equal(whole(Buffer.from('no gzip'), 7, 'gzip'), true, 'what is garbled is the target’s doing');
});

test('a body is decoded before it is looked at', () => {
  const packed = gzipSync('{"ok":true}');
  const view = new AnswerView({ status: 200, headers: ['Content-Encoding', 'gzip'], body: packed, bodyBytes: packed.length }, 1);
  assert.equal(prepareChecks({ check: { json: '$.ok', equals: 'true' } }, fixedTemplate)[0]?.passes(view, values), true);
});

test('values are taken from headers, JSON and text; what is not there is nothing', () => {
  const taken = (extraction: Extraction) => prepareExtracts({ it: extraction })[0]?.take(answer);
  assert.equal(taken({ json: '$.video' }), '7');
  assert.equal(taken({ json: '$.tags' }), '["hd","new"]');
  assert.equal(taken({ json: '$.tags[*]' }), 'hd');
  assert.equal(taken({ json: '$.next' }), undefined);
  assert.equal(taken({ header: 'X-Served-By', regex: '-(\\w+)-' }), 'east');
  assert.equal(taken({ header: 'x-served-by' }), 'us-east-1');
  assert.equal(taken({ header: 'location' }), undefined);
  assert.equal(taken({ regex: '"size":(\\d)' }), '3');
  assert.equal(taken({ regex: '"size":\\d' }), '"size":3');
  assert.equal(taken({ regex: 'nothing' }), undefined);
});

test('only a check of the body asks for the body', () => {
  const [status, body] = prepareChecks({ status: { status: 200 }, body: { 'body-contains': 'x' } }, fixedTemplate);
  assert.equal(status?.needsBody, false);
  assert.equal(body?.needsBody, true);
});

test('each status and each error of a socket has its outcome', () => {
  const statuses = [200, 204, 302, 404, 429, 500, 503, 600, 99].map(outcomeOfStatus);
  assert.deepEqual(statuses, ['ok', 'ok', '3xx', '4xx', '4xx', '5xx', '5xx', 'parse', 'parse']);
  const failed = (code: string, handshaking = false) => outcomeOfError(Object.assign(new Error(code), { code }), handshaking);
  assert.equal(failed('ECONNREFUSED'), 'refused');
  assert.equal(failed('ECONNRESET'), 'reset');
  assert.equal(failed('EPIPE'), 'reset');
  assert.equal(failed('ETIMEDOUT'), 'timeout');
  assert.equal(failed('ENOTFOUND'), 'dns');
  for (const ours of ['EADDRNOTAVAIL', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']) assert.equal(failed(ours), 'dropped', ours);
  assert.equal(failed('DEPTH_ZERO_SELF_SIGNED_CERT', true), 'tls');
  assert.equal(failed('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls');
  assert.equal(failed('ECONNRESET', true), 'reset');
});
