// A stand-in for what the kernel offers, and the plain text that is printed without it.

export interface Shown { readonly data: Readonly<Record<string, unknown>>; readonly id: string | undefined }

/** Runs `use` as if in a notebook. @returns what it displayed, in order */
export async function inNotebook(use: () => unknown): Promise<Shown[]> {
  const shown: Shown[] = [];
  const target = globalThis as { notebook?: unknown };
  target.notebook = { signal: undefined, clear() {}, display: (data: Shown['data'], id?: string) => { shown.push({ data, id }); } };
  try {
    await use();
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
