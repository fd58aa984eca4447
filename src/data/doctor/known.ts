// Clips of each class in the published lists, in the order of EXPRESSIONS: counted from the lists that the repositories of IAL,
// Former-DFER and DFER-CLIP ship (they agree), and from FERV39k's lists there and in S2D's.
import type { DatasetName } from '../clip.ts';

export interface KnownSplit { readonly train: readonly number[]; readonly test: readonly number[] }

const DFEW: readonly KnownSplit[] = [
  { train: [1956, 1515, 2135, 1738, 1175, 116, 721], test: [489, 379, 534, 435, 294, 29, 181] },
  { train: [1956, 1515, 2135, 1738, 1175, 116, 721], test: [489, 379, 534, 435, 294, 29, 181] },
  { train: [1956, 1515, 2135, 1738, 1175, 116, 722], test: [489, 379, 534, 435, 294, 29, 180] },
  { train: [1956, 1515, 2135, 1739, 1175, 116, 722], test: [489, 379, 534, 434, 294, 29, 180] },
  { train: [1956, 1516, 2136, 1739, 1176, 116, 722], test: [489, 378, 533, 434, 293, 29, 180] },
];

const FERV39K: readonly KnownSplit[] = [{ train: [5854, 5523, 7790, 5906, 2502, 1833, 1680], test: [1473, 1393, 1958, 1487, 638, 467, 431] }];

/** Clips on the disk of a whole DFEW: 16,372, of which the single-label lists name 11,697. */
export const DFEW_CLIPS = 16_372;

/** DFEW's clips of 11 to 15 frames; IAL's and Former-DFER's lists claim 16 for them in folds 2 to 5. */
export const DFEW_SHORT: readonly string[] = ['01254', '01515', '01705', '03349', '04561', '06737', '08038', '08372', '10842', '10855', '11408', '12651', '14027', '14433'];

/** undefined for a fold or a set whose counts are not known. */
export const knownSplit = (name: DatasetName, fold: number): KnownSplit | undefined => (name === 'dfew' ? DFEW : name === 'ferv39k' ? FERV39K : [])[fold - 1];
