// Numbers of others: the paper's results, what they are compared with, and an audit of printed rows. Percent, as printed.
// The paper's full text was not at hand: its rows are restated by at least six later works; its ablations, its lambda
// table and its per-class FERV39k recalls are unknown and stand nowhere here.
import { EXPRESSIONS } from '../labels.ts';

/** Where numbers were read. */
export const SOURCES = {
  awesome: 'zengqunzhao/Awesome-Dynamic-Facial-Expression-Recognition, README at 3dce5e2',
  maeDfer: 'sunlicai/MAE-DFER, figs/Result_on_DFEW.png',
  m3dfel: 'M3DFEL (CVPR 2023), comparison table',
  significantOther: 'SignificantOther, README',
  ferv39k: 'MAE-DFER table 13, SVFAP table 9, Awesome-Dynamic-Facial-Expression-Recognition README, wangyanckxx/FERV39k README',
  dferClip: 'zengqunzhao/DFER-CLIP, img/performance.png',
  survey: 'wangyanckxx/SurveyFER, README of arXiv 2408.15777',
  formerLogs: 'zengqunzhao/Former-DFER, log/DFEW-set{1..5}-log.txt',
  counts: 'annotation lists of IAL and DFER-CLIP, counted',
  released: 'the authors\' released code, counted',
  releasedSettings: 'the authors\' released code (main.py, modules.py), read',
} as const;

export interface PublishedRow {
  readonly method: string;
  /** Recall per class in percent, in the order of EXPRESSIONS; null where nobody prints it. */
  readonly recall: readonly number[] | null;
  readonly uar: number;
  readonly war: number;
  readonly source: string;
  /** Digits after the point that the recalls are printed with; default 2. */
  readonly decimals?: number;
  readonly note?: string;
}

/** The paper's two results. Presumably of the best epoch on the test fold, as its code selects: compare only like with like. */
export const PAPER = {
  dfew: { method: 'GCA+IAL', recall: [87.95, 67.21, 70.1, 76.06, 62.22, 0, 26.44], uar: 55.71, war: 69.24, source: SOURCES.awesome },
  ferv39k: { method: 'GCA+IAL', recall: null, uar: 35.82, war: 48.54, source: SOURCES.ferv39k },
} as const satisfies Record<string, PublishedRow>;

/** NR-DFERNet is nearly the same network without GCA and IAL: the gap to detect. */
export const PREDECESSOR = {
  dfew: { method: 'NR-DFERNet', recall: [88.47, 64.84, 70.03, 75.09, 61.6, 0, 19.43], uar: 54.21, war: 68.19, source: SOURCES.awesome },
  ferv39k: { method: 'NR-DFERNet', recall: [69.18, 54.77, 51.12, 49.7, 13.17, 0, 0.23], uar: 33.99, war: 45.97, source: SOURCES.ferv39k },
} as const satisfies Record<string, PublishedRow>;

/** Clips per class, in the order of EXPRESSIONS. DFEW: the test lists of its five folds together, so every used clip once. */
export const TEST_COUNTS = {
  dfew: [2445, 1894, 2669, 2173, 1469, 145, 902],
  ferv39k: [1473, 1393, 1958, 1487, 638, 467, 431],
} as const satisfies Record<string, readonly number[]>;

/** Clips of DFEW's folds. */
export const DFEW_FOLDS = { train: [9356, 9356, 9357, 9358, 9361], test: [2341, 2341, 2340, 2339, 2336], source: SOURCES.counts } as const;

/** Size and cost: the published multiply-adds do not agree with the released code (nor do those of its relatives). */
export const COST = {
  parameters: { published: 19e6, source: 'MAE-DFER tables 12 and 13', released: 19_083_527, releasedSource: SOURCES.released },
  gigaMultiplyAdds: { published: 9.63, source: SOURCES.survey, released: 5.94, releasedSource: SOURCES.released },
} as const;

/** What selecting the epoch on the test fold is worth: WAR of Former-DFER on DFEW's folds, from its own logs. */
export const LEAK = {
  best: { folds: [66.21, 64.08, 66.15, 65.03, 67.04], mean: 65.7 },
  last: { folds: [65.48, 63.31, 66.03, 64.64, 66.35], mean: 65.16 },
  source: SOURCES.formerLogs,
} as const;

/**
 * agrees: within what rounding and the averaging over folds explain; close: beyond, by at most 0.05 points; differs: UAR,
 * WAR and recalls cannot come from the same predictions; unknown: no recalls are printed.
 */
export type AuditStatus = 'agrees' | 'close' | 'differs' | 'unknown';

export interface Audit {
  readonly status: AuditStatus;
  /** Recomputed from the recalls, percent; null without recalls. */
  readonly uar: number | null;
  readonly war: number | null;
}

/** Mean of folds against pooled clips: folds differ by a few clips, which moves a mean by no more than this. */
const FOLD_AVERAGING = 0.01;
const CLOSE = 0.05;

/** Recomputes UAR and WAR from a row's recalls. @param counts clips per class of the test lists @throws RangeError when recalls and counts differ in number. */
export function auditRow(row: PublishedRow, counts: readonly number[]): Audit {
  const { recall, decimals = 2 } = row;
  if (recall === null) return { status: 'unknown', uar: null, war: null };
  if (recall.length !== counts.length) throw new RangeError(`auditRow: ${row.method} has ${recall.length} recalls, there are ${counts.length} classes`);
  const clips = counts.reduce((total, n) => total + n, 0);
  const uar = recall.reduce((total, value) => total + value, 0) / EXPRESSIONS.length;
  const war = recall.reduce((total, value, c) => total + value * counts[c]!, 0) / clips;
  // half a unit of the last digit of the recalls, and of the printed UAR or WAR
  const rounding = 0.5 * 10 ** -decimals + 0.005;
  const gap = Math.max(Math.abs(uar - row.uar), Math.abs(war - row.war)) - rounding - FOLD_AVERAGING;
  return { status: gap <= 0 ? 'agrees' : gap <= CLOSE ? 'close' : 'differs', uar, war };
}

/** What of the paper was not seen by anyone who worked on this project: such cells stay empty everywhere. */
export const UNSEEN: readonly string[] = [
  'the ablation of GCA and IAL', 'the table of lambda', 'any table of GCA\'s place, of r or of the auxiliary weight', 'recalls of single DFEW folds',
  'FERV39k\'s recalls per class', 'values of the confusion matrices', 'the sampling on FERV39k',
];

/**
 * reproduced: UAR and WAR both within REPRODUCED points of the printed ones, all folds and the published recipe (preset
 * "paper"); partly: both within PARTLY points, or within REPRODUCED but shrunk; not: farther; needs DFEW, needs FERV39k: only
 * synthetic clips, or none, were at hand; not run: the clips are there and the runs are not; no number: none is known to compare with.
 */
export type Status = 'reproduced' | 'partly' | 'not' | 'needs DFEW' | 'needs FERV39k' | 'not run' | 'no number';

/** One point: what the choice of the epoch on the test fold (LEAK, 0.5) and the folds' spread (1.3 / sqrt(5) = 0.6) explain together. */
export const REPRODUCED = 1;
/** The spread of single folds of Former-DFER's WAR. */
export const PARTLY = 3;

export interface Found {
  /** Percent, selected as the paper's number presumably is; null where nothing was run on the real set. */
  readonly ours: { readonly uar: number; readonly war: number } | null;
  readonly published: { readonly uar: number; readonly war: number } | null;
  readonly dataset: 'dfew' | 'ferv39k' | 'csv';
  /** Runs on the real set exist, of this row or of another. */
  readonly hasRealData: boolean;
  /** All folds, preset "paper". */
  readonly isWhole: boolean;
}

export function statusOf({ ours, published, dataset, hasRealData, isWhole }: Found): Status {
  if (!hasRealData && dataset !== 'csv') return dataset === 'dfew' ? 'needs DFEW' : 'needs FERV39k';
  if (!ours) return 'not run';
  if (!published) return 'no number';
  const gap = Math.max(Math.abs(ours.uar - published.uar), Math.abs(ours.war - published.war));
  if (gap <= REPRODUCED) return isWhole ? 'reproduced' : 'partly';
  return gap <= PARTLY ? 'partly' : 'not';
}
