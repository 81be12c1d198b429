/** The Redis commands that only read. A list of what is allowed, because a list of what is not would age badly. */

/** Names in capitals; where only one subcommand reads, both words. */
export const READING_COMMANDS: ReadonlySet<string> = new Set(
  (
    'PING ECHO TIME INFO ROLE DBSIZE LASTSAVE EXISTS TYPE TTL PTTL GET MGET STRLEN GETRANGE BITCOUNT HGET HMGET HLEN HEXISTS HGETALL ' +
    'LLEN LINDEX LRANGE SCARD SISMEMBER ZCARD ZSCORE ZCOUNT ZRANK ZRANGE XLEN XRANGE SCAN'
  )
    .split(' ')
    .concat('CONFIG GET', 'MEMORY USAGE', 'MEMORY STATS', 'OBJECT ENCODING', 'OBJECT IDLETIME', 'OBJECT FREQ', 'CLUSTER INFO')
    .concat('SLOWLOG LEN', 'SLOWLOG GET', 'LATENCY LATEST', 'CLIENT LIST', 'XINFO GROUPS', 'XINFO STREAM', 'XPENDING'),
);

/** Whether the command, by its first word or its first two, is on the list; any letter case. */
export function isReadingCommand(command: readonly string[]): boolean {
  const [first = '', second = ''] = command.map((word) => word.toUpperCase());
  return READING_COMMANDS.has(first) || READING_COMMANDS.has(`${first} ${second}`);
}
