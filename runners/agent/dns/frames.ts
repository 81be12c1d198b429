/** DNS over TCP: each message comes after its length in two bytes (RFC 1035, section 4.2.2). */

/** Cuts a stream into messages; what is not whole waits. */
export function frames(): { take(bytes: Buffer): readonly Buffer[] } {
  let held: Buffer = Buffer.alloc(0);
  return {
    take(bytes) {
      held = Buffer.concat([held, bytes]);
      const messages: Buffer[] = [];
      while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
        const end = 2 + held.readUInt16BE(0);
        messages.push(held.subarray(2, end));
        held = held.subarray(end);
      }
      return messages;
    },
  };
}

export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
