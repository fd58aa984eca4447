// What the network costs, counted from its parts: multiply-adds of one clip's inference, beside the parameters. Convolutions,
// linear layers and attention count; normalisation, activations, pooling and additions do not, as in the field's counters.
import { framesPerClip, type ExperimentConfig } from '../config.ts';
import { bottleneck, DEPTH, featureSize, HEAD_SIZE, HEADS, isBuffer, mapSizes, sizeOf, specification } from '../model/specification.ts';

export interface PartCost {
  readonly part: string;
  readonly parameters: number;
  /** Of one clip. */
  readonly multiplyAdds: number;
}

const INNER = HEADS * HEAD_SIZE;
const square = (side: number): number => side * side;
const conv = (inputs: number, outputs: number, kernel: number, side: number): number => inputs * outputs * square(kernel) * square(side);
/** Two 3x3 convolutions and, where there is one, the 1x1 shortcut. */
const block = (inputs: number, outputs: number, side: number, hasShortcut: boolean): number =>
  conv(inputs, outputs, 3, side) + conv(outputs, outputs, 3, side) + (hasShortcut ? conv(inputs, outputs, 1, side) : 0);
/** Tokens of `size` numbers: queries, keys, values; scores and their sums; output; MLP. */
const attention = (tokens: number, size: number, mlp: number): number =>
  DEPTH * (tokens * size * 3 * INNER + 2 * square(tokens) * INNER + tokens * INNER * size + 2 * tokens * size * mlp);

/** Names in the authors' state dict, by part; the rest of a name may follow. */
const PREFIXES: readonly (readonly [string, readonly string[]])[] = [
  ['stem', ['s_former.conv1', 's_former.bn1']], ['layer1', ['s_former.layer1', 's_former.bias']], ['layer2', ['s_former.layer2']], ['layer3', ['s_former.layer3']],
  ['patch embedding', ['s_former.patch_embedding']], ['static transformer', ['s_former.pos_transformer', 's_former.pos_embedding_pos']],
  ['dynamic branch', ['s_former.layer4']], ['temporal transformer', ['s_former.temporal_transformer', 's_former.pos_embedding']], ['classifier', ['fc_f']],
];

/** In the order of the network; parts that a configuration lacks are left out. The sums are parameterCount() and multiplyAdds(). */
export function costOf(config: ExperimentConfig): PartCost[] {
  const multiplyAdds = countMultiplyAdds(config), parameters = new Map<string, number>();
  for (const spec of specification(config)) {
    if (isBuffer(spec)) continue;
    const part = PREFIXES.find(([, prefixes]) => prefixes.some((prefix) => spec.name === prefix || spec.name.startsWith(`${prefix}.`)))![0];
    parameters.set(part, (parameters.get(part) ?? 0) + sizeOf(spec.shape));
  }
  return PREFIXES.flatMap(([part]) => (parameters.has(part) ? [{ part, parameters: parameters.get(part)!, multiplyAdds: multiplyAdds[part] ?? 0 }] : []));
}

function countMultiplyAdds(config: ExperimentConfig): Readonly<Record<string, number>> {
  const { width: [narrow, middle, wide], imageSize, fusion, temporal, staticMlp, temporalMlp, numClasses } = config;
  const sides = mapSizes(imageSize), half = Math.ceil(imageSize / 2), frames = framesPerClip(config), tokens = fusion ? frames - 1 : frames, size = featureSize(config);
  const places = square(sides.fusion);
  return {
    'stem': frames * (conv(3, narrow, 3, half) + conv(narrow, narrow, 3, half)),
    'layer1': frames * block(narrow, narrow, sides.stem, false),
    'layer2': frames * (block(narrow, middle, sides.layer2, true) + gca(config, 'layer2', middle, sides.layer2)),
    'layer3': frames * (block(middle, wide, sides.layer3, true) + gca(config, 'layer3', wide, sides.layer3)),
    'patch embedding': tokens * conv(wide, wide, 3, sides.fusion),
    'static transformer': fusion ? tokens * attention(places, wide, staticMlp) : 0,
    'dynamic branch': fusion ? tokens * (block(wide, wide, sides.fusion, true) + 2 * block(wide, wide, sides.fusion, false)) : 0,
    'temporal transformer': temporal === 'transformer' ? attention(tokens, size, temporalMlp) : 0,
    'classifier': size * numClasses,
  };
}

/** Of a frame: the global convolution and the two layers of its bottleneck; the auxiliary head, once a clip, serves training alone. */
const gca = ({ gca: has, reduction }: ExperimentConfig, layer: 'layer2' | 'layer3', channels: number, side: number): number =>
  (has[layer] ? channels * square(side) + 2 * channels * bottleneck(channels, reduction) : 0);

/** One clip from images to logits. */
export const multiplyAdds = (config: ExperimentConfig): number => costOf(config).reduce((sum, part) => sum + part.multiplyAdds, 0);

/**
 * As the released code runs: its `Residual` calls every part of a transformer twice, which changes no result but is paid for
 * (authors' code, modules.py).
 */
export const multiplyAddsAsReleased = (config: ExperimentConfig): number =>
  multiplyAdds(config) + costOf(config).filter(({ part }) => part.includes('transformer')).reduce((sum, part) => sum + part.multiplyAdds, 0);
