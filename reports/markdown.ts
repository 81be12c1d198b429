/** Parts of a summary in Markdown: marks, cells and tables. */

export const MARKS = { passed: '✅', failed: '❌', inconclusive: '❔', held: '✅', broken: '❌', unknown: '❔' } as const;

/** Text inside a table cell: one line, nothing that ends the cell or starts HTML. */
export function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ');
}

/** A table with its head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
