/** DNS messages (RFC 1035, section 4): what is asked, and answers that say what we want them to. Pure. */
import { isIPv4, isIPv6 } from 'node:net';

export const TYPE = { A: 1, AAAA: 28, SVCB: 64, HTTPS: 65 } as const;
export const RCODE = { noError: 0, servfail: 2, nxdomain: 3 } as const;

const HEADER_BYTES = 12;
const LABEL_BYTES_MAX = 63;
const NAME_BYTES_MAX = 255;
const CLASS_IN = 1;
/** Points back to the question's name. */
const NAME_OF_QUESTION = 0xc00c;
const FLAG = { response: 0x8000, recursionDesired: 0x0100, recursionAvailable: 0x0080 } as const;
const OPCODES = 0x7800;

export interface Question {
  /** In lower case, without the dot at its end. */
  readonly name: string;
  readonly type: number;
  /** Where it ends in the message. */
  readonly end: number;
}

/** Undefined where the message is no ordinary question, and is to be left alone. */
export function parseQuestion(message: Buffer): Question | undefined {
  if (message.length < HEADER_BYTES) return undefined;
  const flags = message.readUInt16BE(2);
  if ((flags & (FLAG.response | OPCODES)) !== 0 || message.readUInt16BE(4) !== 1) return undefined;
  return questionAt(message);
}

function questionAt(message: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const length = message[at];
    if (length === undefined || length > LABEL_BYTES_MAX || at - HEADER_BYTES > NAME_BYTES_MAX) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(message.toString('latin1', at, at + length));
    at += length;
  }
  if (at + 4 > message.length) return undefined;
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at), end: at + 4 };
}

/** A question, as it goes over the wire. */
export function renderQuestion(id: number, name: string, type: number): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  const parts = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]));
  const tail = Buffer.alloc(5);
  tail.writeUInt16BE(type, 1);
  tail.writeUInt16BE(CLASS_IN, 3);
  return Buffer.concat([header(id, FLAG.recursionDesired, 0), ...parts, tail]);
}

/** The answer to a question: an error, or addresses, of which those of the type asked for count. Nobody may keep it. */
export function renderAnswer(message: Buffer, question: Question, rcode: number, addresses: readonly string[] = []): Buffer {
  const flags = FLAG.response | FLAG.recursionAvailable | (message.readUInt16BE(2) & FLAG.recursionDesired) | rcode;
  const fitting = addresses.filter((address) =>
    question.type === TYPE.A ? isIPv4(address) : question.type === TYPE.AAAA && isIPv6(address),
  );
  const records = fitting.map((address) => record(question.type, bytesOf(address)));
  return Buffer.concat([header(message.readUInt16BE(0), flags, records.length), message.subarray(HEADER_BYTES, question.end), ...records]);
}

export interface ParsedAnswer {
  readonly id: number;
  readonly rcode: number;
  /** Of its A and AAAA records, in the text form of this module's own. */
  readonly addresses: readonly string[];
}

/** Undefined where it is no answer that can be read. */
export function parseAnswer(message: Buffer): ParsedAnswer | undefined {
  const question = message.length < HEADER_BYTES ? undefined : questionAt(message);
  if (!question) return undefined;
  const addresses: string[] = [];
  let at = question.end;
  for (let left = message.readUInt16BE(6); left > 0; left -= 1) {
    at = skipName(message, at);
    if (at + 10 > message.length) break;
    const type = message.readUInt16BE(at);
    const length = message.readUInt16BE(at + 8);
    const data = message.subarray(at + 10, at + 10 + length);
    if (type === TYPE.A && length === 4) addresses.push([...data].join('.'));
    if (type === TYPE.AAAA && length === 16) addresses.push(textOf(data));
    at += 10 + length;
  }
  return { id: message.readUInt16BE(0), rcode: message.readUInt16BE(2) & 0xf, addresses };
}

function skipName(message: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const length = message[at];
    if (length === undefined || length === 0) return at + 1;
    if (length > LABEL_BYTES_MAX) return at + 2;
    at += 1 + length;
  }
}

function header(id: number, flags: number, answers: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  for (const [index, value] of [id, flags, 1, answers, 0, 0].entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}

/** With no time to live, so that it is over when the fault is. */
function record(type: number, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16BE(NAME_OF_QUESTION, 0);
  bytes.writeUInt16BE(type, 2);
  bytes.writeUInt16BE(CLASS_IN, 4);
  bytes.writeUInt32BE(0, 6);
  bytes.writeUInt16BE(data.length, 10);
  return Buffer.concat([bytes, data]);
}

function bytesOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = inGroups(address).split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...left, ...zeros, ...right].entries()) bytes.writeUInt16BE(group, index * 2);
  return bytes;
}

/** The IPv4 address that may stand at the end of an IPv6 one becomes two groups. */
function inGroups(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...bytes: readonly string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
}

function groupsOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

/** One spelling for an address, so that two can be compared. */
export function plainAddress(address: string): string {
  return isIPv4(address) ? address : textOf(bytesOf(address));
}

function textOf(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':');
}
