/** What the proxy takes for HTTP/1.x, and where it says that a message ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunks } from '../../../../runners/agent/http-proxy/chunks.ts';
import {
  headEnd,
  mayBeRequest,
  parseRequest,
  parseResponse,
  requestFraming,
  responseFraming,
} from '../../../../runners/agent/http-proxy/head.ts';
import { closingHead, renderResponse } from '../../../../runners/agent/http-proxy/made-up.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

test('a request may be one from its first byte on, and other protocols are told from it at once', () => {
  for (const text of ['G', 'GET', 'GET ', 'GET /a b', 'M-SEARCH * HTTP/1.1\r\n', '\r\n', 'GET / HTTP/1.0\r\nHost: x\r\n'])
    assert.equal(mayBeRequest(bytes(text)), true, JSON.stringify(text));
  for (const text of ['\x16\x03\x01', '\x00\x00\x00\x08', 'PING\r\n', 'SET a b\r\n', 'PRI * HTTP/2.0\r\n', '*1\r\n', 'GET / HTTP/1.1 \n'])
    assert.equal(mayBeRequest(bytes(text)), false, JSON.stringify(text));
});

test('a head ends with its empty line, whichever line breaks it has', () => {
  assert.equal(headEnd(bytes('GET / HTTP/1.1\r\nA: b\r\n\r\nrest')), 24);
  assert.equal(headEnd(bytes('GET / HTTP/1.1\nA: b\n\nrest')), 21);
  assert.equal(headEnd(bytes('GET / HTTP/1.1\r\nA: b\r\n')), -1);
});

test('a path comes without its query, from either form of target', () => {
  const path = (target: string) => parseRequest(bytes(`GET ${target} HTTP/1.1\r\n\r\n`))?.path;
  assert.deepEqual(['/a/b?c=/d', 'http://x.example/a#b', 'http://x.example', '*'].map(path), ['/a/b', '/a', '/', '*']);
});

test('headers are told by name in lower case, joined where a name comes twice, and a line that is none spoils the head', () => {
  const head = parseRequest(bytes('GET / HTTP/1.1\r\nX-A:  1 \r\nx-a: 2\r\n\r\n'));
  assert.equal(head?.headers.get('x-a'), '1, 2');
  assert.equal(parseRequest(bytes('GET / HTTP/1.1\r\nno header\r\n\r\n')), undefined);
  assert.equal(parseRequest(bytes('GET / HTTP/1.1\r\nname : spaced\r\n\r\n')), undefined);
});

test('a body is framed as the standard says, chunks before length, and a length that is none is left alone', () => {
  const request = (fields: string) => {
    const head = parseRequest(bytes(`POST / HTTP/1.1\r\n${fields}\r\n`));
    return head && requestFraming(head);
  };
  assert.deepEqual(request(''), { kind: 'length', bytes: 0 });
  assert.deepEqual(request('Content-Length: 12\r\n'), { kind: 'length', bytes: 12 });
  assert.deepEqual(request('Content-Length: 12\r\nTransfer-Encoding: gzip, chunked\r\n'), { kind: 'chunked' });
  assert.equal(request('Transfer-Encoding: chunked, gzip\r\n'), undefined);
  assert.equal(request('Content-Length: 12\r\nContent-Length: 13\r\n'), undefined);
  assert.equal(request('Content-Length: -1\r\n'), undefined);
});

test('whether a response has a body depends on its status and on what was asked', () => {
  const framing = (status: number, fields: string, method = 'GET') => {
    const head = parseResponse(bytes(`HTTP/1.1 ${status} Word\r\n${fields}\r\n`));
    return head && responseFraming(head, method);
  };
  assert.deepEqual(framing(200, 'Content-Length: 5\r\n'), { kind: 'length', bytes: 5 });
  assert.deepEqual(framing(200, ''), { kind: 'until-end' });
  for (const [status, method] of [
    [200, 'HEAD'],
    [204, 'GET'],
    [304, 'GET'],
    [100, 'GET'],
  ] as const)
    assert.deepEqual(framing(status, 'Content-Length: 5\r\n', method), { kind: 'length', bytes: 0 });
  assert.equal(parseResponse(bytes('SSH-2.0-x\r\n\r\n')), undefined);
});

test('the end of a chunked body is found wherever the pieces are cut', () => {
  const body = '5;ext="a"\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nTrailer: 0\r\n\r\n';
  const stream = bytes(`${body}GET /next`);
  for (let step = 1; step <= stream.length; step += 1) {
    const scan = chunks();
    let taken = 0;
    let over = false;
    for (let at = 0; at < stream.length && !over; at += step) {
      const found = scan.take(stream.subarray(at, at + step));
      taken += found.bytes;
      over = found.over;
    }
    assert.deepEqual([taken, over], [body.length, true], `in steps of ${step}`);
  }
  assert.throws(() => chunks().take(bytes('hello\r\n')));
});

test('a made-up response has its length, no body where none may be, and can tell that the connection ends', () => {
  assert.equal(
    renderResponse({ status: 503, body: 'no' }, 'GET', false).toString(),
    'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\ncontent-type: text/plain; charset=utf-8\r\n\r\nno',
  );
  assert.match(renderResponse({ status: 503, body: 'no' }, 'HEAD', true).toString(), /content-length: 2\r\n.*connection: close\r\n\r\n$/s);
  assert.equal(renderResponse({ status: 204, body: '' }, 'GET', false).toString(), 'HTTP/1.1 204 No Content\r\n\r\n');
});

test('a head that closes the connection keeps every other line', () => {
  assert.equal(
    closingHead(bytes('HTTP/1.1 200 OK\r\nA: 1\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nB: 2\r\n\r\n')).toString(),
    'HTTP/1.1 200 OK\r\nconnection: close\r\nA: 1\r\nB: 2\r\n\r\n',
  );
});
