// @ts-check

/** What the user can mend: shown as its one line, without a stack. */
export class SetupError extends Error {
  /** @param {string} message  what is wrong, and what to install or do */
  constructor(message) {
    super(message);
    this.name = 'SetupError';
  }
}

/**
 * Runs an entry point; a known mistake ends it with one line, anything else with its stack.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    console.error(describe(error));
    process.exitCode = 1;
  }
}

/** @param {unknown} error */
function describe(error) {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof SetupError) return `set-up: ${error.message}`;
  if ('code' in error && error.code === 'ENOSPC') return `set-up: ${DISK_FULL}`;
  if ('code' in error && (error.code === 'EACCES' || error.code === 'EROFS')) return `set-up: ${error.message}; make the folder writable`;
  return error.stack ?? error.message;
}

export const DISK_FULL = 'the disk is full: make room, then run this again';
