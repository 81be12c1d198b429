/** The programs of `application.mjs`, by the word on its command line. */
export const PROGRAM_NAMES = ['evict', 'freeze', 'lock', 'hold', 'replay', 'call'] as const;
export type ProgramName = (typeof PROGRAM_NAMES)[number];
