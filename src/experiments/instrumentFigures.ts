// The report of "ial instrument" as figures, and as it is read back from instrument.json.
import { readFile } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { seenFigure, trendFigure } from '../figures/instrument.ts';
import type { Figure } from '../figures/figure.ts';
import { parseJson } from '../files/json.ts';
import type { InstrumentReport } from './instrument.ts';

const SEEN = { 'ordered': 'all frames in order', 'shuffled': 'the same frames, shuffled', 'middle': 'the middle frame alone', 'mean pixels': 'mean pixels, linear' } as const;

/** By name: UAR by what was seen, and recall against intensity. */
export function instrumentFigures({ uar, trend, labelNames, clips, preset, seed, generatorVersion }: InstrumentReport): ReadonlyMap<string, Figure> {
  const on = `baseline, preset ${preset}, seed ${seed}, ${clips.toLocaleString('en-US')} test clips of the synthetic benchmark (generator ${generatorVersion})`;
  const seen = (Object.keys(SEEN) as (keyof typeof SEEN)[]).map((key) => ({ name: SEEN[key], uar: uar[key] }));
  return new Map([
    ['instrument-seen', seenFigure(seen, { classes: labelNames.length, subtitle: `${on}; whiskers: 95 % interval, resampling people; dotted: chance` })],
    ['instrument-intensity', trendFigure({ name: 'all', ...trend.overall }, Object.entries(trend.perClass).map(([name, line]) => ({ name, ...line })), { subtitle: `${on}; bins of equally many clips; neutral left out` })],
  ]);
}

/** @throws UserError for a file that is missing or is none of a report. */
export async function readInstrument(file: string): Promise<InstrumentReport> {
  const text = await readFile(file, 'utf8').catch(() => { throw new UserError(`${file}: expected the report of "ial instrument", found no such file; make it with "ial instrument DIR"`); });
  const report = parseJson(text, file) as Partial<InstrumentReport> | null;
  if (!report?.requirements || !report.uar || !report.trend) throw new UserError(`${file}: expected the report of "ial instrument", found something else`);
  return report as InstrumentReport;
}
