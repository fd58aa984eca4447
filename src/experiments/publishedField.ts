// The field in the order of time: published methods of their own with the year, for the figure. Networks that other papers
// trained as baselines (C3D, ResNet18+LSTM, ...) have no year of this task and stand in the tables alone.
import type { PublishedMethod } from '../figures/field.ts';
import { LATER } from './publishedLater.ts';
import { DFEW_COMPARISON, FERV39K_COMPARISON } from './publishedRows.ts';

/** Year of the method's own paper or preprint. */
const YEARS: Readonly<Record<string, number>> = {
  'EC-STFL': 2020, 'Former-DFER': 2021, 'CEFLNet': 2022, 'EST': 2022, 'STT': 2022, 'DPCNet': 2022, 'NR-DFERNet': 2022,
  'LOGO-Former': 2023, 'GCA+IAL': 2023, 'M3DFEL': 2023,
};

/** Starts from weights of Kinetics-400 (its released code). */
const PRETRAINED = ['M3DFEL'];

/** Those of the comparison tables, then those after the paper; a method stands once. */
export function publishedMethods(): PublishedMethod[] {
  const dfew = new Map(DFEW_COMPARISON.map((row) => [row.method, row])), ferv39k = new Map(FERV39K_COMPARISON.map((row) => [row.method, row]));
  const compared = Object.entries(YEARS).map(([method, year]): PublishedMethod => {
    const [a, b] = [dfew.get(method), ferv39k.get(method)];
    const sources = new Set([a?.source, b?.source].filter((source) => source !== undefined));
    return { method, year, usesMore: PRETRAINED.includes(method), dfew: a ? { uar: a.uar, war: a.war } : null, ferv39k: b ? { uar: b.uar, war: b.war } : null, source: [...sources].join('; ') };
  });
  return [...compared, ...LATER.map(({ method, year, uses, dfew, ferv39k, source }) => ({ method, year, usesMore: true, dfew, ferv39k, source: `${uses}; ${source}` }))];
}
