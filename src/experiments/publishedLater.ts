// Results after the paper, for orientation: UAR and WAR in percent, as their sources print them.
import { SOURCES } from './published.ts';

export interface LaterResult {
  readonly method: string;
  readonly year: number;
  /** What the method sees or was trained on beside the labelled video. */
  readonly uses: string;
  readonly dfew: { readonly uar: number; readonly war: number };
  readonly ferv39k: { readonly uar: number; readonly war: number } | null;
  readonly source: string;
}

/** State of the art after the paper, for orientation: most use pre-training, text or sound. */
export const LATER: readonly LaterResult[] = [
  { method: 'CLIPER', year: 2023, uses: 'text', dfew: { uar: 57.56, war: 70.84 }, ferv39k: { uar: 41.23, war: 51.34 }, source: SOURCES.survey },
  { method: 'DFER-CLIP', year: 2023, uses: 'text', dfew: { uar: 59.61, war: 71.25 }, ferv39k: { uar: 41.27, war: 51.65 }, source: SOURCES.dferClip },
  { method: 'MAE-DFER', year: 2023, uses: 'self-supervised pre-training', dfew: { uar: 63.41, war: 74.43 }, ferv39k: { uar: 43.12, war: 52.07 }, source: 'sunlicai/MAE-DFER, README' },
  { method: 'SVFAP-B', year: 2024, uses: 'self-supervised pre-training', dfew: { uar: 62.83, war: 74.27 }, ferv39k: { uar: 42.14, war: 52.29 }, source: 'SVFAP, tables 8 and 9' },
  { method: 'S2D', year: 2024, uses: 'pre-training on AffectNet', dfew: { uar: 61.82, war: 76.03 }, ferv39k: { uar: 41.28, war: 52.56 }, source: 'MSA-LMC/S2D, README' },
  { method: 'FineCLIPER', year: 2024, uses: 'text', dfew: { uar: 65.98, war: 76.21 }, ferv39k: { uar: 45.22, war: 53.98 }, source: SOURCES.survey },
  { method: 'MMA-DFER', year: 2024, uses: 'sound', dfew: { uar: 67.01, war: 77.51 }, ferv39k: null, source: SOURCES.survey },
  { method: 'UniLearn', year: 2024, uses: 'pre-training on images and video', dfew: { uar: 66.8, war: 76.68 }, ferv39k: { uar: 43.41, war: 53.65 }, source: 'arXiv 2409.06154' },
  { method: 'A3lign-DFER', year: 2024, uses: 'text', dfew: { uar: 64.09, war: 74.2 }, ferv39k: { uar: 41.87, war: 51.77 }, source: SOURCES.survey },
  { method: 'UMBEnet', year: 2024, uses: 'several modalities', dfew: { uar: 64.55, war: 73.93 }, ferv39k: { uar: 44.01, war: 52.1 }, source: SOURCES.survey },
  { method: 'OUS', year: 2024, uses: 'text, the whole scene', dfew: { uar: 64.33, war: 74.02 }, ferv39k: { uar: 42.43, war: 53.3 }, source: SOURCES.significantOther },
  { method: 'Emotion-LLaMA', year: 2024, uses: 'sound, a language model', dfew: { uar: 64.21, war: 77.06 }, ferv39k: null, source: 'HumanOmni, README' },
  { method: 'SignificantOther', year: 2024, uses: 'a language model', dfew: { uar: 68.88, war: 80.39 }, ferv39k: { uar: 53.69, war: 58.84 }, source: `${SOURCES.significantOther} (its authors' claim)` },
  { method: 'HumanOmni-7B', year: 2025, uses: 'sound, a language model trained on DFEW\'s instructions', dfew: { uar: 74.86, war: 82.46 }, ferv39k: null, source: 'HumanOmni, README' },
];
