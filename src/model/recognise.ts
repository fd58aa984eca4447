// The configuration of a network from its tensors' names and shapes: what an imported file does not say, but shows.
import { type ExperimentConfig, validate } from '../config.ts';
import { UserError } from '../errors.ts';
import { bottleneck, mapSizes, specification } from './specification.ts';

/** Name -> shape, in PyTorch's layout. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

export interface Recognised {
  readonly config: ExperimentConfig;
  /** What the tensors leave open and the given configuration has decided. */
  readonly notes: readonly string[];
}

const FORMER = 's_former', CLASSIFIER = 'fc_f.weight';
const LAYERS = ['layer1', 'layer2', 'layer3'] as const;

/**
 * @param base decides what no tensor shows: losses, optimiser, frames of a segment, and sizes where several fit.
 * @param source what messages call the weights
 * @throws UserError where the tensors are of another network, or several sizes fit and `base` has none of them.
 */
export function recognise(shapes: Shapes, base: ExperimentConfig, source: string): Recognised {
  const notes: string[] = [];
  const width = widthOf(shapes, base, source), has = (name: string): boolean => shapes.has(`${FORMER}.${name}`);
  const [classes, features] = shapeOf(shapes, CLASSIFIER, 2, base, source) as [number, number];
  const gca = { layer2: has('layer2.0.gc.0.weight'), layer3: has('layer3.0.gc.0.weight') };
  const fusion = has('layer4.0.conv1.weight'), isTemporal = has('temporal_transformer.layers.0.1.fn.fn.net.0.weight');
  const mlp = (name: string, fallback: number): number => shapes.get(`${FORMER}.${name}.layers.0.1.fn.fn.net.0.weight`)?.[0] ?? fallback;
  const config: ExperimentConfig = {
    ...base, width, numClasses: classes, gca, fusion, temporal: isTemporal ? 'transformer' : 'mean',
    reduction: reductionOf(shapes, width, base),
    imageSize: imageSizeOf(shapes, features / width[2], base, source, notes),
    staticMlp: mlp('pos_transformer', base.staticMlp), temporalMlp: mlp('temporal_transformer', base.temporalMlp),
    ...framesOf(shapes, base, source, notes),
    ...!gca.layer2 && { auxWeight: 0 },
  };
  checkShapes(validate(config), shapes, source);
  return { config, notes };
}

/** @throws UserError where the tensor is missing or has another number of dimensions. */
function shapeOf(shapes: Shapes, name: string, rank: number, base: ExperimentConfig, source: string): readonly number[] {
  const shape = shapes.get(name);
  if (shape?.length !== rank) throw foreign(shapes, shape ? `"${name}" is [${shape.join(', ')}]` : `there is no "${name}"`, base, source);
  return shape;
}

function widthOf(shapes: Shapes, base: ExperimentConfig, source: string): [number, number, number] {
  const outputs = (name: string): number => shapeOf(shapes, `${FORMER}.${name}.weight`, 4, base, source)[0]!;
  return [outputs('conv1.0'), outputs('layer2.0.conv1'), outputs('layer3.0.conv1')];
}

/** The base's reduction where it fits, else a power of two that does, else any. */
function reductionOf(shapes: Shapes, width: readonly number[], base: ExperimentConfig): number {
  const seen = LAYERS.map((layer, i) => ({ channels: width[i]!, squeezed: shapes.get(`${FORMER}.${layer}.0.fc1.0.weight`)?.[0] }));
  const fits = (reduction: number): boolean => seen.every(({ channels, squeezed }) => squeezed === undefined || bottleneck(channels, reduction) === squeezed);
  const powers = Array.from({ length: 12 }, (_, i) => 2 ** i), all = Array.from({ length: Math.max(...width) }, (_, i) => i + 1);
  return [base.reduction, ...powers, ...all].find(fits) ?? base.reduction;
}

/** Every map that a tensor shows narrows the size; without GCA only the fusion's map is seen, which four sizes share. */
function imageSizeOf(shapes: Shapes, area: number, base: ExperimentConfig, source: string, notes: string[]): number {
  const side = (layer: string): number | undefined => shapes.get(`${FORMER}.${layer}.0.gc.0.weight`)?.[2];
  const seen = { stem: side('layer1'), layer2: side('layer2'), layer3: side('layer3'), fusion: Math.sqrt(area) };
  const sizes = Array.from({ length: 256 }, (_, i) => 8 * (i + 1)).filter((size) => {
    const maps = mapSizes(size);
    return (Object.keys(seen) as (keyof typeof seen)[]).every((map) => seen[map] === undefined || maps[map] === seen[map]);
  });
  if (sizes.length === 0) throw foreign(shapes, 'the sizes of its maps fit no image', base, source);
  if (sizes.length === 1) return sizes[0]!;
  if (!sizes.includes(base.imageSize)) throw new UserError(`${source}: its tensors fit images of ${sizes.join(', ')} pixels: say which with --set imageSize=${sizes.at(-1)}`);
  notes.push(`image size ${base.imageSize}: its tensors would also fit ${sizes.filter((size) => size !== base.imageSize).join(', ')} (--set imageSize=...)`);
  return base.imageSize;
}

/** U x V is the number of positions; how it is divided, no tensor shows. */
function framesOf(shapes: Shapes, base: ExperimentConfig, source: string, notes: string[]): Pick<ExperimentConfig, 'numSegments' | 'framesPerSegment'> {
  const { numSegments, framesPerSegment } = base, frames = shapes.get(`${FORMER}.pos_embedding`)?.[1];
  if (frames === undefined) {
    notes.push(`${numSegments} x ${framesPerSegment} frames of a clip: without a temporal transformer no tensor shows how many (--set numSegments=...)`);
    return { numSegments, framesPerSegment };
  }
  if (frames % framesPerSegment !== 0) throw new UserError(`${source}: it has positions for ${frames} frames, which are no multiple of framesPerSegment=${framesPerSegment}: say another with --set framesPerSegment=1`);
  notes.push(`${frames} frames as ${frames / framesPerSegment} segments of ${framesPerSegment}: how they are divided no tensor shows (--set framesPerSegment=2 for 8 x 2)`);
  return { numSegments: frames / framesPerSegment, framesPerSegment };
}

const MAX_NAMED = 4;
const listed = (names: readonly string[]): string => `${names.slice(0, MAX_NAMED).join(', ')}${names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : ''}`;

/** Weights of another network: says which names do not belong. */
function foreign(shapes: Shapes, why: string, base: ExperimentConfig, source: string): UserError {
  const known = new Set(specification(base).map(({ name }) => name));
  const strangers = [...shapes.keys()].filter((name) => !known.has(name));
  const isFormer = strangers.some((name) => name.startsWith('t_former.'));
  const guess = isFormer ? ' (t_former is Former-DFER\'s temporal transformer: another architecture, whose weights cannot be used here)' : '';
  return new UserError(`${source}: not the weights of this network: ${why}; ${strangers.length} of its ${shapes.size} tensors do not belong: ${listed(strangers) || 'none'}${guess}`);
}

/** @throws UserError with the first few of what is missing, too much or of another shape. */
export function checkShapes(config: ExperimentConfig, shapes: Shapes, source: string): void {
  const specs = new Map(specification(config).map((spec) => [spec.name, spec.shape]));
  const missing = [...specs.keys()].filter((name) => !shapes.has(name));
  const extra = [...shapes.keys()].filter((name) => !specs.has(name));
  const other = [...shapes].flatMap(([name, shape]) => {
    const expected = specs.get(name);
    return expected && expected.join() !== shape.join() ? [`${name} [${shape.join(', ')}] instead of [${expected.join(', ')}]`] : [];
  });
  const problems = [
    ...missing.length > 0 ? [`${missing.length} missing (${listed(missing)})`] : [],
    ...extra.length > 0 ? [`${extra.length} that do not belong (${listed(extra)})`] : [],
    ...other.length > 0 ? [`${other.length} of another shape (${listed(other)})`] : [],
  ];
  if (problems.length > 0) throw new UserError(`${source}: its tensors do not make up one network: ${problems.join('; ')}`);
}
