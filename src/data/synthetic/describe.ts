// Everything about a clip, from (seed, number) alone and without rendering: who, which expression, how strong in every frame, how recorded.

import { EXPRESSIONS, type Expression } from '../../labels.ts';
import { random } from '../../random.ts';
import type { Activation } from './actionUnits.ts';
import { DESIGN, type Design } from './design.ts';
import { makeIdentity, type Identity } from './identity.ts';
import { planMotion, playMotion, type CurveName, type Motion } from './motion.ts';
import { vote, votedLabel } from './raters.ts';
import { drawCamera, drawPoses, drawScene, type Camera, type Pose, type Scene } from './scene.ts';

/** Shortest and longest clip in frames, both included. */
export type FrameRange = readonly [number, number];

export interface ClipDescription {
  /** 0, 1, ... within the benchmark; clips of one person follow each other. */
  readonly number: number;
  readonly expression: Expression;
  /** Index of the expression in EXPRESSIONS. */
  readonly label: number;
  readonly identity: Identity;
  readonly curve: CurveName;
  /** Peak of the expression in [0, 1]; 0 for neutral. */
  readonly peak: number;
  /** The expression that fades while the label's rises, in transition clips. */
  readonly first: { readonly expression: Expression; readonly peak: number } | undefined;
  /** True intensity of the label's expression in every frame. */
  readonly intensity: readonly number[];
  readonly activation: readonly Activation[];
  readonly poses: readonly Pose[];
  readonly scene: Scene;
  readonly camera: Camera;
  readonly motion: Motion;
  /** Ten votes over EXPRESSIONS, and the label that at least six of them agree on (or -1). */
  readonly votes: readonly number[];
  readonly votedLabel: number;
}

export interface DescribeOptions {
  /** Default: the balanced sequence 0, 1, ... 6, 0, ... */
  readonly label?: number;
  readonly frames?: FrameRange;
  readonly design?: Design;
}

/** Pure: the same for the same arguments on every machine. Each purpose draws from its own stream, so that a change in one leaves the others. */
export function describeClip(seed: number, number: number, options: DescribeOptions = {}): ClipDescription {
  const { label = number % EXPRESSIONS.length, frames: [shortest, longest] = [16, 60], design = DESIGN } = options;
  const stream = (purpose: string): ReturnType<typeof random> => random(seed, purpose, number);
  const expression = EXPRESSIONS[label]!;
  const identity = makeIdentity(seed, Math.floor(number / design.clipsPerIdentity));
  const frames = shortest + stream('length').integer(longest - shortest + 1);
  const motion = planMotion(stream('motion'), design, expression, identity, frames);
  const course = playMotion(stream('tremor'), motion, identity, design);
  const scene = drawScene(stream('scene'), design);
  const camera = drawCamera(stream('camera'), design);
  const votes = vote(stream('votes'), motion, course.intensity, scene.occluder !== undefined, camera.blur);
  return {
    number, expression, label, identity, motion, scene, camera, votes, ...course,
    curve: motion.curveType,
    peak: motion.peak,
    first: motion.fading && { expression: motion.fading.expression, peak: motion.fading.peak },
    poses: drawPoses(stream('pose'), design, frames),
    votedLabel: votedLabel(votes),
  };
}
