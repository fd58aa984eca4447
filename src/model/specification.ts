// Every tensor of the network by the authors' name, in their order, with PyTorch's shape: what weights are made,
// counted, saved and compared by. modules.py of the authors' code; reference numbers: 19,083,527 in 127 tensors.
import type { ExperimentConfig } from '../config.ts';

/** Attention heads of both transformers, and numbers per head. */
export const HEADS = 4;
export const HEAD_SIZE = 32;
/** Layers of both transformers. */
export const DEPTH = 2;

export type TensorKind =
  /** Convolution, PyTorch [out, in, k, k]. */
  | 'convolution'
  /** Depthwise convolution whose kernel covers the whole map, PyTorch [channels, 1, side, side]. */
  | 'globalConvolution'
  /** 1x1 convolution of a single pixel, which is a linear layer; PyTorch [out, in, 1, 1]. */
  | 'pointwise'
  /** PyTorch's Linear, [out, in]. */
  | 'linear'
  /** Bias of a Linear with `fanIn` inputs. */
  | 'linearBias'
  | 'one' | 'zero'
  /** Learned position, standard normal. */
  | 'position'
  | 'runningMean' | 'runningVariance' | 'batchCount';

export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: TensorKind;
  /** False for tensors that the authors' modules create and never use: kept for their names and count, never trained or decayed. */
  readonly isUsed: boolean;
  /** Inputs of the layer, where the initial bias depends on it. */
  readonly fanIn?: number;
}

export const isBuffer = (spec: TensorSpec): boolean => ['runningMean', 'runningVariance', 'batchCount'].includes(spec.kind);

/** Numbers in a tensor of this shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

/** Height and width of the maps after the stem, layer2, layer3 and the fusion. At `paper`: 28, 14, 7, 4. */
export function mapSizes(imageSize: number): { stem: number; layer2: number; layer3: number; fusion: number } {
  const half = (size: number): number => Math.ceil(size / 2);
  const stem = half(half(imageSize)), layer2 = half(stem), layer3 = half(layer2);
  return { stem, layer2, layer3, fusion: half(layer3) };
}

/** Numbers in a clip's features: channels times the fusion's map. 4096 at `paper`. */
export const featureSize = (config: ExperimentConfig): number => config.width[2] * mapSizes(config.imageSize).fusion ** 2;

/** Channels of the GCA bottleneck. */
export const bottleneck = (channels: number, reduction: number): number => Math.max(1, Math.floor(channels / reduction));

const tensor = (name: string, shape: readonly number[], kind: TensorKind, isUsed = true): TensorSpec => ({ name, shape, kind, isUsed });

const batchNorm = (name: string, channels: number): TensorSpec[] => [
  tensor(`${name}.weight`, [channels], 'one'), tensor(`${name}.bias`, [channels], 'zero'),
  tensor(`${name}.running_mean`, [channels], 'runningMean'), tensor(`${name}.running_var`, [channels], 'runningVariance'),
  tensor(`${name}.num_batches_tracked`, [], 'batchCount'),
];

const convolution = (name: string, inputs: number, outputs: number, kernel: number): TensorSpec =>
  tensor(`${name}.weight`, [outputs, inputs, kernel, kernel], 'convolution');

function linear(name: string, inputs: number, outputs: number, hasBias: boolean): TensorSpec[] {
  const weight = tensor(`${name}.weight`, [outputs, inputs], 'linear');
  return hasBias ? [weight, { ...tensor(`${name}.bias`, [outputs], 'linearBias'), fanIn: inputs }] : [weight];
}

const layerNorm = (name: string, size: number): TensorSpec[] => [tensor(`${name}.weight`, [size], 'one'), tensor(`${name}.bias`, [size], 'zero')];

/** Two 3x3 convolutions; stride 2 (and always the fusion's first block) has a 1x1 shortcut. */
const residual = (name: string, inputs: number, outputs: number, hasShortcut: boolean): TensorSpec[] => [
  convolution(`${name}.conv1`, inputs, outputs, 3), ...batchNorm(`${name}.bn1`, outputs),
  convolution(`${name}.conv2`, outputs, outputs, 3), ...batchNorm(`${name}.bn2`, outputs),
  ...hasShortcut ? [convolution(`${name}.downsample.0`, inputs, outputs, 1), ...batchNorm(`${name}.downsample.1`, outputs)] : [],
];

const unused = (specs: readonly TensorSpec[]): TensorSpec[] => specs.map((spec) => ({ ...spec, isUsed: false }));

/** What the authors' block has besides the residual block: the attention, its auxiliary head, and three tensors nobody uses. */
const attention = (name: string, channels: number, map: number, config: ExperimentConfig): TensorSpec[] => [
  ...linear(`${name}.AUX_fc.0`, channels, 2 * channels, false),
  ...linear(`${name}.AUX_fc.1`, 2 * channels, config.numClasses, false),
  ...unused([convolution(`${name}.glb`, channels, channels, 1)]),
  tensor(`${name}.gc.0.weight`, [channels, 1, map, map], 'globalConvolution'),
  tensor(`${name}.fc1.0.weight`, [bottleneck(channels, config.reduction), channels, 1, 1], 'pointwise'),
  tensor(`${name}.fc2.0.weight`, [channels, bottleneck(channels, config.reduction), 1, 1], 'pointwise'),
];

const deadBiases = (name: string, channels: number): TensorSpec[] =>
  unused([tensor(`${name}.bias1`, [1, channels, 1, 1], 'zero'), tensor(`${name}.bias2`, [1, channels, 1, 1], 'zero')]);

function layer(name: string, inputs: number, outputs: number, map: number, hasGca: boolean, config: ExperimentConfig): TensorSpec[] {
  const block = residual(name, inputs, outputs, true);
  return hasGca ? [...deadBiases(name, outputs), ...block, ...attention(name, outputs, map, config)] : block;
}

function transformer(name: string, size: number, mlp: number): TensorSpec[] {
  const inner = HEADS * HEAD_SIZE;
  return Array.from({ length: DEPTH }, (_, i) => `${name}.layers.${i}`).flatMap((layer) => [
    ...layerNorm(`${layer}.0.fn.norm`, size),
    ...linear(`${layer}.0.fn.fn.to_qkv`, size, 3 * inner, false),
    ...linear(`${layer}.0.fn.fn.to_out.0`, inner, size, true),
    ...layerNorm(`${layer}.1.fn.norm`, size),
    ...linear(`${layer}.1.fn.fn.net.0`, size, mlp, true),
    ...linear(`${layer}.1.fn.fn.net.3`, mlp, size, true),
  ]);
}

/** In the authors' network even the plain layer1 carries an attention that is never called. */
function layer1(config: ExperimentConfig, hasGca: boolean): TensorSpec[] {
  const name = 's_former.layer1.0', channels = config.width[0];
  const block = residual(name, channels, channels, false);
  return hasGca ? [...deadBiases(name, channels), ...block, ...unused(attention(name, channels, mapSizes(config.imageSize).stem, config))] : block;
}

function fusion(config: ExperimentConfig): TensorSpec[] {
  const channels = config.width[2];
  const embedding = [convolution('s_former.patch_embedding.0', channels, channels, 3), ...batchNorm('s_former.patch_embedding.1', channels)];
  if (!config.fusion) return embedding;
  const dynamic = [0, 1, 2].flatMap((i) => residual(`s_former.layer4.${i}`, channels, channels, i === 0));
  return [...dynamic, ...embedding, ...transformer('s_former.pos_transformer', channels, config.staticMlp)];
}

function positions(config: ExperimentConfig): TensorSpec[] {
  const { fusion: side } = mapSizes(config.imageSize);
  const frames = config.numSegments * config.framesPerSegment;
  return [
    ...config.fusion ? [tensor('s_former.pos_embedding_pos', [1, side * side, config.width[2]], 'position')] : [],
    ...config.temporal === 'transformer' ? [tensor('s_former.pos_embedding', [1, frames, featureSize(config)], 'position')] : [],
  ];
}

/** All tensors of the network that a configuration describes, in the order of the authors' state dict. */
export function specification(config: ExperimentConfig): readonly TensorSpec[] {
  const [narrow, middle, wide] = config.width;
  const sizes = mapSizes(config.imageSize);
  const hasGca = config.gca.layer2 || config.gca.layer3;
  return [
    ...hasGca ? unused([tensor('s_former.bias', [1, narrow, 1, 1], 'zero')]) : [],
    ...positions(config),
    convolution('s_former.conv1.0', 3, narrow, 3), ...batchNorm('s_former.conv1.1', narrow),
    convolution('s_former.conv1.3', narrow, narrow, 3), ...batchNorm('s_former.bn1', narrow),
    ...layer1(config, hasGca),
    ...layer('s_former.layer2.0', narrow, middle, sizes.layer2, config.gca.layer2, config),
    ...layer('s_former.layer3.0', middle, wide, sizes.layer3, config.gca.layer3, config),
    ...fusion(config),
    ...config.temporal === 'transformer' ? transformer('s_former.temporal_transformer', featureSize(config), config.temporalMlp) : [],
    ...linear('fc_f', featureSize(config), config.numClasses, true),
  ];
}

/** Numbers in all parameters (buffers are not parameters). 19,083,527 at `paper`. */
export const parameterCount = (config: ExperimentConfig): number =>
  specification(config).filter((spec) => !isBuffer(spec)).reduce((count, spec) => count + sizeOf(spec.shape), 0);

/** Numbers in the parameters that the forward pass uses. */
export const usedParameterCount = (config: ExperimentConfig): number =>
  specification(config).filter((spec) => !isBuffer(spec) && spec.isUsed).reduce((count, spec) => count + sizeOf(spec.shape), 0);
