// The drawing that liveCurves shows while a network trains: loss on the left, recall on the right, as one SVG.
import { percent } from '../figures/figure.ts';
import type { TrainingHistory } from '../figures/training.ts';

const WIDTH = 340, HEIGHT = 190, LEFT = 44, BOTTOM = 30, TOP = 24;
const BLUE = '#0072B2', GREY = '#767676', INK = '#1f2328', LINE = '#d0d7de';

interface Curve { readonly colour: string; readonly points: readonly (readonly [number, number])[]; readonly isDotted?: boolean }
interface Panel { readonly title: string; readonly top: number; readonly ticks: readonly number[]; readonly curves: readonly Curve[] }

export function sketch({ steps, evaluations }: TrainingHistory): string {
  const last = Math.max(1, steps.at(-1)?.step ?? 1);
  const top = niceCeiling(Math.max(0.1, ...steps.map(({ loss }) => loss)));
  const losses: Panel = { title: 'loss (nats)', top, ticks: [0, top / 2, top], curves: [{ colour: BLUE, points: steps.map(({ step, loss }) => [step, loss] as const) }] };
  const tested = evaluations.at(-1);
  const recall: Panel = {
    title: `recall (%): training clips${tested ? `, test UAR ${percent(tested.uar)}` : ''}`, top: 1, ticks: [0, 0.5, 1],
    curves: [
      { colour: GREY, points: steps.map(({ step, trainWar }) => [step, trainWar] as const), isDotted: true },
      { colour: BLUE, points: evaluations.map(({ step, uar }) => [step, uar] as const) },
    ],
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${2 * WIDTH + 10}" height="${HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="11" fill="${INK}"><rect width="100%" height="100%" fill="#ffffff"/>${panel(losses, 0, last, (value) => String(Number(value.toPrecision(2))))}${panel(recall, WIDTH + 10, last, (value) => (100 * value).toFixed(0))}</svg>`;
}

function panel({ title, top, ticks, curves }: Panel, left: number, last: number, label: (value: number) => string): string {
  const x = (step: number): string => (left + LEFT + (step / last) * (WIDTH - LEFT - 12)).toFixed(1);
  const y = (value: number): string => (HEIGHT - BOTTOM - (Math.min(value, top) / top) * (HEIGHT - BOTTOM - TOP)).toFixed(1);
  const rules = ticks.map((tick) => `<line x1="${x(0)}" x2="${x(last)}" y1="${y(tick)}" y2="${y(tick)}" stroke="${LINE}"/><text x="${left + LEFT - 6}" y="${Number(y(tick)) + 4}" text-anchor="end">${label(tick)}</text>`).join('');
  const lines = curves.map((curve) => draw(curve, x, y)).join('');
  return `<text x="${left + LEFT}" y="14" font-weight="bold">${title}</text>${rules}${lines}<text x="${x(last)}" y="${HEIGHT - 10}" text-anchor="end">step ${last}</text>`;
}

function draw({ colour, points, isDotted }: Curve, x: (step: number) => string, y: (value: number) => string): string {
  const line = `<polyline fill="none" stroke="${colour}" stroke-width="2"${isDotted ? ' stroke-dasharray="2 3"' : ''} points="${points.map(([step, value]) => `${x(step)},${y(value)}`).join(' ')}"/>`;
  return points.length > 12 ? line : line + points.map(([step, value]) => `<circle cx="${x(step)}" cy="${y(value)}" r="2.5" fill="${colour}"/>`).join('');
}

/** A number whose half is short too. */
function niceCeiling(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * [1, 2, 3, 4, 6, 8, 10].find((factor) => factor * unit >= value)!;
}
