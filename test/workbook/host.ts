// A stand-in for what the kernel offers, and the plain text that is printed without it.

type Bundle = Readonly<Record<string, unknown>>;
export interface Shown { readonly data: Bundle; readonly id: string | undefined; readonly metadata: Bundle }

/** Runs `use` as if in a notebook. @returns what it displayed, in order */
export async function inNotebook(use: () => unknown, { isAttended = true } = {}): Promise<Shown[]> {
  const shown: Shown[] = [], deferred: Promise<unknown>[] = [];
  const target = globalThis as { notebook?: unknown };
  target.notebook = {
    signal: undefined, isAttended, clear() {}, defer(work: Promise<unknown>) { deferred.push(work); },
    display: (data: Bundle, id: string | undefined, metadata: Bundle) => { shown.push({ data, id, metadata }); },
  };
  try {
    await use();
    await Promise.all(deferred);
  } finally { delete target.notebook; }
  return shown;
}

/** Runs `use` outside of a notebook. @returns what it printed on stdout */
export async function printed(use: () => unknown): Promise<string[]> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (...args: unknown[]) => { lines.push(args.join(' ')); };
  try {
    await use();
  } finally { console.log = log; }
  return lines;
}
