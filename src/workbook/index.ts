// What notebooks use to show: import { figure, table, ... } from '../src/workbook/index.ts'.
export { figure, type FigureOptions } from './figure.ts';
export { frame } from './frame.ts';
export { clear, display, isNotebook, signal, type Metadata, type MimeBundle } from './host.ts';
export { type FrameSource } from './licence.ts';
export { liveCurves, type LiveCurves } from './live.ts';
export { note } from './note.ts';
export { params, type ParamValue } from './params.ts';
export { progress, type ProgressBar, type ProgressOptions } from './progress.ts';
export { missingRows, results } from './results.ts';
export { show, type ShowOptions } from './show.ts';
export { strip, stripImage, type StripOptions } from './strip.ts';
export { table, tableText, type DataFrameLike, type TableOptions, type TableRow } from './table.ts';
