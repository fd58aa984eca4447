/**
 * A mistake of the user or of the machine that the user can mend: shown as its one-line message without a stack.
 * The message names the file or option, what was expected, what was found, and what to do.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Stopped by the user (Ctrl-C, a notebook's interrupt, an AbortSignal); the command line exits with 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(message = 'interrupted') { super(message); }
}

/** Throws Interrupted when the signal is aborted. */
export function throwIfInterrupted(signal?: AbortSignal): void {
  if (signal?.aborted) throw new Interrupted();
}
