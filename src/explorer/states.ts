// What a page is built from: predictions and features of the evaluated clips, read from run folders and checked here, so
// that everything after trusts them.
import { basename } from 'node:path';
import { UserError } from '../errors.ts';
import { openRun, type Run } from '../runs/run.ts';
import type { Features, Prediction, Predictions } from '../runs/types.ts';

/** A network's outputs at one epoch. */
export interface State {
  readonly epoch: number;
  readonly ids: readonly string[];
  /** [clips] */
  readonly labels: Int32Array;
  /** [clips, classes] */
  readonly logits: Float32Array;
  /** [clips, width] */
  readonly features: Float32Array;
  readonly width: number;
}

export interface EvaluatedRun { readonly run: Run; readonly name: string; readonly predictions: Predictions; readonly state: State }

/** @throws UserError for a run that has not been evaluated, or whose features are not of its predictions' clips, or not finite. */
export async function readEvaluated(dir: string): Promise<EvaluatedRun> {
  const run = await openRun(dir);
  const predictions = await run.readPredictions();
  const features = await run.readFeatures().catch((error: unknown) => {
    if (error instanceof UserError && /no such file/.test(error.message)) throw new UserError(`${dir}: has no features.safetensors, which the map is made from: evaluate it again (ial evaluate ${dir})`);
    throw error;
  });
  checkFeatures(dir, features, predictions);
  return { run, name: basename(dir.replace(/[/\\]+$/, '')), predictions, state: stateOf(features, predictions.predictions) };
}

function checkFeatures(dir: string, { ids, values, width }: Features, { predictions }: Predictions): void {
  if (ids.length === 0) throw new UserError(`${dir}: its evaluation holds no clips; there is nothing to explore`);
  if (ids.length !== predictions.length || predictions.some(({ id }, i) => id !== ids[i])) throw new UserError(`${dir}: features.safetensors and predictions.json are not of the same clips: evaluate it again`);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new UserError(`${dir}: the features of clip ${JSON.stringify(ids[Math.floor(at / width)])} hold ${values[at]}: the training has diverged; explore an earlier run`);
}

const stateOf = ({ epoch, ids, labels, values, width }: Omit<Features, 'split'>, predictions: readonly Prediction[]): State =>
  ({ epoch, ids, labels, logits: Float32Array.from(predictions.flatMap(({ logits }) => logits)), features: values, width });

/** The clips that all states have, in the order of the first. @throws UserError where there are none, or where a clip's label differs. */
export function sharedIds(runs: readonly EvaluatedRun[]): string[] {
  const [first, ...others] = runs as [EvaluatedRun, ...EvaluatedRun[]];
  const labelsOf = others.map(({ state }) => new Map(state.ids.map((id, i) => [id, state.labels[i]!])));
  const shared = first.state.ids.filter((id) => labelsOf.every((labels) => labels.has(id)));
  if (shared.length === 0) throw new UserError(`${runs.map(({ run }) => run.dir).join(' and ')}: have no clip in common; two runs are compared on the same clips (the same fold)`);
  const odd = first.state.ids.find((id, i) => labelsOf.some((labels) => labels.has(id) && labels.get(id) !== first.state.labels[i]));
  if (odd !== undefined) throw new UserError(`${runs.map(({ run }) => run.dir).join(' and ')}: have different labels for clip ${JSON.stringify(odd)}; compare runs of one dataset`);
  return shared;
}

/** The state on these clips, in their order. */
export function restrict(state: State, ids: readonly string[]): State {
  if (ids.length === state.ids.length && ids.every((id, i) => id === state.ids[i])) return state;
  const at = new Map(state.ids.map((id, i) => [id, i]));
  const rows = ids.map((id) => at.get(id)!);
  const pick = (from: Float32Array, width: number): Float32Array => {
    const to = new Float32Array(rows.length * width);
    rows.forEach((row, i) => { to.set(from.subarray(row * width, (row + 1) * width), i * width); });
    return to;
  };
  return { ...state, ids, labels: Int32Array.from(rows, (row) => state.labels[row]!), logits: pick(state.logits, state.logits.length / state.ids.length), features: pick(state.features, state.width) };
}
