/** What a call into QuickJS can fail with. */

/** An error from within that nothing there caught. */
export class MachineError extends Error {
  readonly innerName: string;
  readonly innerStack: string;

  constructor(name: string, message: string, stack: string) {
    super(message);
    this.name = 'MachineError';
    this.innerName = name;
    this.innerStack = stack;
  }
}

/** There was no memory left for something from outside. */
export class MachineFull extends Error {}

/** Of an error's JSON, or of the text of whatever else was thrown. */
export function machineErrorOf(text: string): MachineError {
  try {
    const { name, message, stack }: Readonly<Record<string, unknown>> = JSON.parse(text);
    return new MachineError(String(name ?? 'Error'), String(message ?? text), String(stack ?? ''));
  } catch {
    return new MachineError('Error', text, '');
  }
}
