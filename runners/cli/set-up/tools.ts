/** Programs that some of the work needs beside the engine: debootstrap for a base made offline, a browser for browser probes and tests. */
import { CHROMIUM_PROGRAMS } from '../../../probes/browser/chromium.ts';
import { type Consent, installPackages } from './debian.ts';
import type { Machine } from './machine.ts';

interface Tool {
  /** Any of these programs will do. */
  readonly programs: readonly string[];
  readonly packages: readonly string[];
  readonly why: string;
  readonly instead: string;
}

const TOOLS = {
  debootstrap: {
    programs: ['debootstrap'],
    packages: ['debootstrap', 'debian-archive-keyring'],
    why: 'No registry answers, so the base image has to be made with debootstrap, which is not on this machine.',
    instead:
      'Give the engine the base by hand: docker pull debian:bookworm-slim && docker tag debian:bookworm-slim firedrill/base:bookworm.',
  },
  chromium: {
    programs: CHROMIUM_PROGRAMS,
    packages: ['chromium'],
    why: 'Browser probes, browser tests and PDF reports need Chromium, which is not on this machine.',
    instead: 'Install Chromium or Google Chrome.',
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

/** Makes sure that a tool is there and returns its path. Throws FiredrillError (exit 7). */
export async function ensureTool(machine: Machine, name: ToolName, consent: Consent): Promise<string> {
  const found = findTool(machine, name);
  if (found !== undefined) return found;
  const tool: Tool = TOOLS[name];
  await installPackages(machine, tool.packages, consent, tool.why, tool.instead);
  return findTool(machine, name) ?? tool.programs[0] ?? name;
}

/** The path of a tool; undefined where it is not on this machine. */
export function findTool(machine: Machine, name: ToolName): string | undefined {
  const tool: Tool = TOOLS[name];
  return tool.programs.map((program) => machine.find(program)).find((path) => path !== undefined);
}
