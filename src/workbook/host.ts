// What the kernel offers inside a notebook (kernel/display.cjs). Everything in this folder works without it too, and
// then prints plain text: in scripts, in tests, under another kernel.

export type MimeBundle = Readonly<Record<string, unknown>>;

/** Of an output; what is the project's own is under the key "workbook". */
export type Metadata = Readonly<Record<string, unknown>>;

/** The mark of an output that a clock or a training decides: it is not compared when the notebook is executed again. */
export const VARIES: Metadata = { workbook: { varies: true } };

interface Host {
  /** Aborted when the user interrupts the cell that asks. */
  readonly signal: AbortSignal | undefined;
  /** False where the cell runs headless. */
  readonly isAttended: boolean;
  display(data: MimeBundle, id?: string, metadata?: Metadata): void;
  defer(work: Promise<unknown>): void;
  clear(wait?: boolean): void;
}

const host = (): Host | undefined => (globalThis as { notebook?: Host }).notebook;

export const isNotebook = (): boolean => host() !== undefined;

/** In a notebook that nobody looks at: nbconvert, nbclient, papermill. */
export const isHeadless = (): boolean => host()?.isAttended === false;

/** The cell that asks does not end before `work` has. */
export const defer = (work: Promise<unknown>): void => host()?.defer(work);

/** Aborted when the user interrupts the running cell; undefined outside of a notebook. For `signal` options. */
export const signal = (): AbortSignal | undefined => host()?.signal;

/** Shows one MIME bundle, outside of a notebook its plain text; the same id again in the same cell replaces it in place. */
export function display(data: MimeBundle, id?: string, metadata: Metadata = {}): void {
  const notebook = host();
  if (notebook) notebook.display(data, id, metadata);
  else if (data['text/plain']) console.log(data['text/plain']);
}

/** Clears the output of the running cell, at once or when the next output comes. */
export const clear = (wait = true): void => host()?.clear(wait);

let made = 0;
/** An id for `display` that nothing else has. */
export const newDisplayId = (): string => `${process.pid}-${Date.now().toString(36)}-${made++}`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
