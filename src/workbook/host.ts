// What the kernel offers inside a notebook (kernel/display.cjs). Everything in this folder works without it too, and
// then prints plain text: in scripts, in tests, under another kernel.

export type MimeBundle = Readonly<Record<string, unknown>>;

interface Host {
  /** Aborted when the user interrupts the cell that asks. */
  readonly signal: AbortSignal | undefined;
  display(data: MimeBundle, id?: string): void;
  clear(wait?: boolean): void;
}

const host = (): Host | undefined => (globalThis as { notebook?: Host }).notebook;

export const isNotebook = (): boolean => host() !== undefined;

/** Aborted when the user interrupts the running cell; undefined outside of a notebook. For `signal` options. */
export const signal = (): AbortSignal | undefined => host()?.signal;

/** Shows one MIME bundle, outside of a notebook its plain text; the same id again in the same cell replaces it in place. */
export function display(data: MimeBundle, id?: string): void {
  const notebook = host();
  if (notebook) notebook.display(data, id);
  else if (data['text/plain']) console.log(data['text/plain']);
}

/** Clears the output of the running cell, at once or when the next output comes. */
export const clear = (wait = true): void => host()?.clear(wait);

let made = 0;
/** An id for `display` that nothing else has. */
export const newDisplayId = (): string => `${process.pid}-${Date.now().toString(36)}-${made++}`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
