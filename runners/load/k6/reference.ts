/** The tables of docs/k6.md: what scripts may import, and what firedrill makes of each option. */
import { environmentName } from './options/parse.ts';
import { isOptionName, OPTION_SCHEMAS } from './options/schema.ts';
import { OPTION_SUPPORT, type Support } from './options/support.ts';
import { GLOBALS, SURFACE } from './surface.ts';

const SUPPORT: Readonly<Record<Support, string>> = {
  yes: 'yes',
  partly: 'partly',
  ignored: 'passed over, with a warning',
  refused: 'refused',
};

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function modulesTable(): string {
  const rows = Object.entries(SURFACE).map(([name, module]) => {
    if ('unsupported' in module) return [`\`${name}\``, 'no', module.unsupported];
    const lacking = Object.entries(module.lacking ?? {}).map(([each, reason]) => `not \`${each}\`: ${reason}`);
    return [`\`${name}\``, lacking.length > 0 ? 'partly' : 'yes', [code(Object.keys(module.exports)), ...lacking].join('; ')];
  });
  return table(['module', 'there', 'what of it'], rows);
}

function optionsTable(): string {
  const rows = Object.keys(OPTION_SCHEMAS)
    .filter(isOptionName)
    .map((name) => {
      const { support, note = '', written } = OPTION_SUPPORT[name];
      return [`\`${name}\``, SUPPORT[support], written && support !== 'refused' ? `\`${environmentName(name)}\`` : '', note];
    });
  return table(['option', 'honoured', 'environment', 'note'], rows);
}

/** By the names of the page's markers. */
export function scriptSections(): Readonly<Record<string, string>> {
  return {
    'script-modules': modulesTable(),
    'script-globals': `${code(Object.keys(GLOBALS))}, \`crypto\` (webcrypto)`,
    'script-options': optionsTable(),
  };
}
