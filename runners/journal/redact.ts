/** Takes secrets out of whatever is about to be written: every string value, at any depth. Keys stay: they are ours, or names. */

export const REDACTED = '***';

/** The forms in which a secret may stand in a text: as it is, inside a URL, and inside a JSON text. */
function forms(secret: string): readonly string[] {
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

/** Makes the function that redacts one text; longer secrets first, so that none leaves the tail of another. */
export function redactText(secrets: readonly string[]): (text: string) => string {
  const wanted = [...new Set(secrets.filter((secret) => secret !== '').flatMap(forms))].sort((a, b) => b.length - a.length);
  return (text) => wanted.reduce((redacted, secret) => redacted.replaceAll(secret, REDACTED), text);
}

/** The same data with every string redacted. */
export function redactValue(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((each) => redactValue(each, redact));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, redactValue(each, redact)]));
}
