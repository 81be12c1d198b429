/** Cases and suites of JUnit's XML: what broke is a failure, what is unknown an error. */

export interface TestCase {
  readonly name: string;
  readonly state: 'held' | 'broken' | 'unknown';
  /** One line. */
  readonly message: string;
  readonly detail: string;
}

export interface TestSuite {
  readonly title: string;
  readonly id: string;
  readonly durationMs: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly cases: readonly TestCase[];
}

/** Characters that XML cannot hold at all are dropped; the five that mean something are escaped. */
function escapeXml(text: string): string {
  const allowed = [...text].filter((character) => (character.codePointAt(0) ?? 0) >= 0x20 || '\t\n\r'.includes(character)).join('');
  return allowed
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}

function renderCase({ name, state, message, detail }: TestCase, className: string): string {
  const head = `    <testcase classname="${escapeXml(className)}" name="${escapeXml(name)}" time="0"`;
  if (state === 'held') return `${head}/>`;
  const element = state === 'broken' ? 'failure' : 'error';
  return `${head}>\n      <${element} message="${escapeXml(message)}">${escapeXml(detail)}</${element}>\n    </testcase>`;
}

/** A file of one suite. */
export function renderSuite({ title, id, durationMs, startedAt, cases }: TestSuite): string {
  const counts = [
    `tests="${cases.length}"`,
    `failures="${cases.filter(({ state }) => state === 'broken').length}"`,
    `errors="${cases.filter(({ state }) => state === 'unknown').length}"`,
    `time="${(durationMs / 1000).toFixed(3)}"`,
  ].join(' ');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="firedrill" ${counts}>`,
    `  <testsuite name="${escapeXml(title)}" ${counts} timestamp="${escapeXml(startedAt)}" id="${escapeXml(id)}">`,
    ...cases.map((each) => renderCase(each, title)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
