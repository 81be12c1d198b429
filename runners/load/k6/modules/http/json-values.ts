/** What GJSON paths and their queries share. */

/** `*` any, `?` one character, `\` takes the meaning from the next. */
export function wildcard(text: string): RegExp {
  const source = text.replace(/\\(.)|[\s\S]/gu, (whole, escaped: string | undefined) => {
    if (escaped !== undefined) return literal(escaped);
    return whole === '*' ? '[\\s\\S]*?' : whole === '?' ? '[\\s\\S]' : literal(whole);
  });
  return new RegExp(`^${source}$`, 'u');
}

function literal(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
