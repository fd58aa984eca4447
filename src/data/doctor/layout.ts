// Which data set a folder holds, told by its lists; and the lists of every fold, read as training would read them.
import { UserError } from '../../errors.ts';
import type { DatasetName } from '../clip.ts';
import type { ClipEntry } from '../collect.ts';
import { readDfewEntries } from '../dfew.ts';
import { readFervEntries } from '../ferv39k.ts';

export interface FoldLists {
  readonly fold: number;
  readonly train: readonly ClipEntry[];
  readonly test: readonly ClipEntry[];
  /** Of the reader: lists, label base, frame folder. */
  readonly notes: readonly string[];
}

export interface Layout {
  readonly name: DatasetName;
  /** Why it was taken for this set. */
  readonly why: string;
  readonly folds: readonly FoldLists[];
  /** Folds whose lists stop the reader, with its own line. */
  readonly broken: readonly { readonly fold: number; readonly reason: string }[];
}

/** "expected the lists of", "check --data": the fold is not there at all, which a set with fewer folds may be. */
const isAbsent = (reason: string): boolean => reason.includes('expected the lists of');

type Read = (fold: number) => Promise<{ readonly train: readonly ClipEntry[]; readonly test: readonly ClipEntry[]; readonly notes: readonly string[] }>;

interface Candidate { readonly name: DatasetName; readonly folds: readonly number[]; readonly read: Read }

const candidatesOf = (root: string): readonly Candidate[] => [
  { name: 'dfew', folds: [1, 2, 3, 4, 5], read: (fold) => readDfewEntries({ root, fold, labels: 'auto' }) },
  { name: 'ferv39k', folds: [1], read: (fold) => readFervEntries({ root, fold }) },
];

/**
 * Reads all folds as `name`, or as the set whose lists are there. @returns undefined where no list of any set is found.
 * @param folds only these
 */
export async function readLayout(root: string, name?: DatasetName, folds?: readonly number[]): Promise<Layout | undefined> {
  for (const candidate of candidatesOf(root)) {
    if (name !== undefined && candidate.name !== name) continue;
    const layout = await readFolds(candidate, folds);
    if (layout.folds.length > 0 || layout.broken.length > 0) return { ...layout, why: name === undefined ? whyOf(layout) : `--dataset ${name}` };
  }
  return undefined;
}

async function readFolds({ name, folds: all, read }: Candidate, wanted: readonly number[] = all): Promise<Omit<Layout, 'why'>> {
  const folds: FoldLists[] = [], broken: { fold: number; reason: string }[] = [];
  for (const fold of wanted.filter((one) => all.includes(one))) {
    try {
      folds.push({ fold, ...await read(fold) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!isAbsent(error.message)) broken.push({ fold, reason: error.message });
    }
  }
  return { name, folds, broken };
}

const NAMES: Readonly<Record<string, string>> = { dfew: 'DFEW', ferv39k: 'FERV39k', csv: 'a list of one\'s own' };

function whyOf({ name, folds, broken }: Omit<Layout, 'why'>): string {
  const list = folds[0]?.notes.find((note) => note.startsWith('lists: '))?.slice('lists: '.length);
  return `${NAMES[name]}'s lists are there: ${list ?? broken[0]!.reason.split(':')[0]}`;
}
