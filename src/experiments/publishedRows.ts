// Rows that later papers and repositories print beside GCA+IAL, typed in from the sources named. Which of them the paper's
// own tables hold is not known: its full text was not at hand. Percent, as printed; classes in DFEW's order.
import { SOURCES, type PublishedRow } from './published.ts';

type Extra = Partial<Pick<PublishedRow, 'note' | 'decimals'>>;

const row = (method: string, recall: readonly number[] | null, uar: number, war: number, source: string, extra: Extra = {}): PublishedRow =>
  ({ method, recall, uar, war, source, ...extra });

/** DFEW, five folds. */
export const DFEW_COMPARISON: readonly PublishedRow[] = [
  row('VGG13+LSTM', [76.89, 37.65, 58.04, 60.7, 43.7, 0, 19.73], 42.39, 53.7, SOURCES.significantOther),
  row('C3D', [75.17, 39.49, 55.11, 62.49, 45, 1.38, 20.51], 42.74, 53.54, SOURCES.maeDfer),
  row('P3D', [74.85, 43.4, 54.18, 60.42, 50.99, 0.69, 23.28], 43.97, 54.47, SOURCES.m3dfel),
  row('R(2+1)D18', [79.67, 39.07, 57.66, 50.39, 48.26, 3.45, 21.06], 42.79, 53.22, SOURCES.maeDfer),
  row('I3D-RGB', [78.61, 44.19, 56.69, 55.87, 45.88, 2.07, 20.51], 43.4, 54.27, SOURCES.m3dfel),
  row('3D ResNet18 (dynamic sampling)', [76.32, 50.21, 64.18, 62.85, 47.52, 0, 24.56], 46.52, 58.27, SOURCES.awesome),
  row('3D ResNet18 (DFEW original, TI)', [73.13, 48.26, 50.51, 64.75, 50.1, 0, 26.39], 44.73, 54.98, SOURCES.m3dfel),
  row('3D R18+Center Loss', [78.49, 44.3, 54.89, 58.4, 52.35, 0.69, 25.28], 44.91, 55.48, SOURCES.significantOther),
  row('ResNet18+LSTM (dynamic sampling)', [83.56, 61.56, 68.27, 65.29, 51.26, 0, 29.34], 51.32, 63.85, SOURCES.awesome),
  row('ResNet18+LSTM (DFEW original, TI)', [78, 40.65, 53.77, 56.83, 45, 4.14, 21.62], 42.86, 53.08, SOURCES.m3dfel),
  row('ResNet18+GRU', [82.87, 63.83, 65.06, 68.51, 52, 0.86, 30.14], 51.68, 64.02, SOURCES.awesome),
  row('EC-STFL', [79.18, 49.05, 57.85, 60.98, 46.15, 2.76, 21.51], 45.35, 56.51, SOURCES.awesome),
  row('Former-DFER', [84.05, 62.57, 67.52, 70.03, 56.43, 3.45, 31.78], 53.69, 65.7, SOURCES.awesome),
  row('CEFLNet', [84, 68, 67, 70, 52, 0, 17], 51.14, 65.35, SOURCES.maeDfer, { note: 'recalls printed in whole numbers', decimals: 0 }),
  row('EST', [86.87, 66.58, 67.18, 71.84, 47.53, 5.52, 28.49], 53.43, 65.85, SOURCES.awesome, { note: 'UAR 53.94 elsewhere' }),
  row('STT', [87.36, 67.9, 64.97, 71.24, 53.1, 3.49, 34.04], 54.58, 66.65, SOURCES.awesome, { note: "WAR 66.45 in M3DFEL's table" }),
  row('DPCNet', null, 57.11, 66.32, SOURCES.maeDfer, { note: "UAR 55.02 in M3DFEL's table" }),
  row('NR-DFERNet', [88.47, 64.84, 70.03, 75.09, 61.6, 0, 19.43], 54.21, 68.19, SOURCES.awesome),
  row('GCA+IAL', [87.95, 67.21, 70.1, 76.06, 62.22, 0, 26.44], 55.71, 69.24, SOURCES.awesome),
  row('M3DFEL', [89.59, 68.38, 67.88, 74.24, 59.69, 0, 31.63], 56.1, 69.25, SOURCES.m3dfel, { note: 'fear 31.64 elsewhere' }),
];

/** FERV39k, its one split. */
export const FERV39K_COMPARISON: readonly PublishedRow[] = [
  row('C3D', [48.2, 35.53, 52.71, 13.72, 3.45, 4.93, 0.23], 22.68, 31.69, SOURCES.ferv39k),
  row('P3D', [61.85, 42.21, 49.8, 42.57, 10.5, 0.86, 5.57], 30.48, 40.81, SOURCES.ferv39k, { note: '23.20 / 33.39 in DFER-CLIP' }),
  row('R(2+1)D', [59.33, 42.43, 50.82, 42.57, 16.3, 4.5, 4.87], 31.55, 41.28, SOURCES.ferv39k),
  row('3D ResNet18', [57.64, 28.21, 59.6, 33.29, 4.7, 0.21, 3.02], 26.67, 37.57, SOURCES.ferv39k),
  row('I3D', null, 30.17, 38.78, SOURCES.ferv39k),
  row('ResNet18+LSTM', [61.91, 31.95, 61.7, 45.93, 14.26, 0, 0.7], 30.92, 42.59, SOURCES.ferv39k, { note: 'WAR 42.95 in DFER-CLIP' }),
  row('VGG13+LSTM', [66.26, 51.26, 53.22, 37.93, 13.64, 0.43, 4.18], 32.42, 43.37, SOURCES.ferv39k),
  row('Two C3D', [54.85, 52.91, 60.67, 31.34, 5.96, 2.36, 6.96], 30.72, 41.77, SOURCES.ferv39k),
  row('Two ResNet18+LSTM', [59, 45.87, 61.9, 40.15, 9.87, 1.71, 0.46], 31.28, 43.2, SOURCES.ferv39k),
  row('Two VGG13+LSTM', [69.65, 47.31, 52.55, 47.88, 7.68, 1.93, 2.55], 32.79, 44.54, SOURCES.ferv39k),
  row('Former-DFER', [65.65, 51.33, 56.74, 43.64, 21.94, 8.57, 12.53], 37.2, 46.85, SOURCES.ferv39k),
  row('Former-DFER (own README)', [67.57, 44.16, 51.81, 48.93, 25.09, 10.8, 9.8], 36.88, 45.72, SOURCES.ferv39k),
  row('NR-DFERNet', [69.18, 54.77, 51.12, 49.7, 13.17, 0, 0.23], 33.99, 45.97, SOURCES.ferv39k),
  row('STT', [69.77, 47.81, 59.14, 47.41, 20.22, 10.49, 9.51], 37.76, 48.11, SOURCES.ferv39k),
  row('LOGO-Former', null, 38.22, 48.13, SOURCES.ferv39k),
  row('GCA+IAL', null, 35.82, 48.54, SOURCES.ferv39k),
  row('M3DFEL', null, 35.94, 47.67, SOURCES.ferv39k),
];
