// What each frame of one clip contributes to its prediction: how far the margin between the predicted class and its rival
// falls when the frame is replaced by the one before it (the first: by the one after).
//
// Why so and not by the tokens before the temporal mean, whose logits do add up to the clip's: a token has seen every other
// frame in the transformer and is a difference of two frames before it, so its share is not a frame's. Replacing asks the
// network itself, on frames that it could have been given. What it cannot show: two equal frames stand in for each other, so
// each contributes nothing although both together may decide; contributions do not add up to the margin.

export interface Rivalry {
  /** Index of the largest logit. */
  readonly predicted: number;
  /** Index of the second largest. */
  readonly rival: number;
  /** Logit of the first less that of the second, at least 0. */
  readonly margin: number;
}

/** The first of equals wins, as everywhere (argmax). @param logits at least two */
export function rivalry(logits: readonly number[]): Rivalry {
  const order = logits.map((_, i) => i).sort((a, b) => logits[b]! - logits[a]! || a - b);
  const [predicted, rival] = order as [number, number];
  return { predicted, rival, margin: logits[predicted]! - logits[rival]! };
}

export function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits), weights = logits.map((logit) => Math.exp(logit - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** A copy of the clip in which frame `t` is replaced by its neighbour. @param images [frames, size, size, 3] */
export function withReplaced(images: Float32Array, frames: number, t: number): Float32Array {
  const length = images.length / frames, neighbour = t === 0 ? Math.min(1, frames - 1) : t - 1;
  const copy = images.slice();
  copy.copyWithin(t * length, neighbour * length, (neighbour + 1) * length);
  return copy;
}

/** Positive where the frame speaks for the prediction against its rival. @param replaced [frames][classes] @returns [frames], in logits */
export function contributions(logits: readonly number[], replaced: readonly (readonly number[])[]): number[] {
  const { predicted, rival, margin } = rivalry(logits);
  return replaced.map((row) => margin - (row[predicted]! - row[rival]!));
}
