// One experiment as plain readonly data. Nothing else decides what a run computes.
import { UserError } from './errors.ts';

export type Precision = 'f32' | 'bf16';
export type Selection = 'last' | 'best-on-validation' | 'best-on-test';

/**
 * Which frames of a clip the network sees (data/sampling.ts). even: the corrected rule; authors: theirs, defects and all; and two
 * controls of what motion is worth: shuffled, the even rule's frames in a random order; middle: the clip's middle frame alone.
 */
export const SAMPLING_RULES = ['even', 'authors', 'shuffled', 'middle'] as const;
export type SamplingRule = (typeof SAMPLING_RULES)[number];

export interface ExperimentConfig {
  readonly preset: string;

  // network (reference of the parts: src/model)
  /** Channels of the stem and layer1, layer2, layer3. */
  readonly width: readonly [number, number, number];
  readonly imageSize: number;
  /** U: segments a clip is cut into. */
  readonly numSegments: number;
  /** V: consecutive frames taken from each segment; the network sees U x V frames. */
  readonly framesPerSegment: number;
  readonly sampling: SamplingRule;
  readonly numClasses: number;
  /** Where the global convolution-attention block stands; elsewhere a plain residual block. */
  readonly gca: { readonly layer2: boolean; readonly layer3: boolean };
  /** r: channels of the GCA bottleneck are C / r. */
  readonly reduction: number;
  /** Dynamic-static fusion (NR-DFERNet); without it the frames' maps are embedded directly. */
  readonly fusion: boolean;
  readonly temporal: 'transformer' | 'mean';
  readonly staticMlp: number;
  readonly temporalMlp: number;

  // loss = cross-entropy + auxWeight * auxiliary head of layer2 + lambda * intensity-aware loss
  readonly lambda: number;
  readonly auxWeight: number;

  // optimisation
  readonly optimizer: 'sgd' | 'adamw';
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly schedule: 'step' | 'cosine';
  /** schedule "step": the learning rate is multiplied by decayFactor every decayEvery epochs. */
  readonly decayEvery: number;
  readonly decayFactor: number;
  readonly epochs: number;
  readonly batchSize: number;

  /** Of the large maps between layers while training and predicting; the rest is float32 always. */
  readonly precision: Precision;

  // data
  readonly augment: boolean;
  readonly selection: Selection;
  readonly seed: number;
}

/** The authors' released recipe (main.py, modules.py): 19,083,527 parameters. They write 1000 epochs; the learning rate is spent by 70. */
const paper: ExperimentConfig = {
  preset: 'paper',
  width: [64, 128, 256], imageSize: 112, numSegments: 16, framesPerSegment: 1, sampling: 'even', numClasses: 7,
  gca: { layer2: true, layer3: true }, reduction: 16, fusion: true, temporal: 'transformer', staticMlp: 256, temporalMlp: 512,
  lambda: 0.1, auxWeight: 0.05,
  optimizer: 'sgd', learningRate: 1e-3, momentum: 0.9, weightDecay: 0.1, schedule: 'step', decayEvery: 7, decayFactor: 0.5, epochs: 100, batchSize: 40, precision: 'f32',
  augment: true, selection: 'last', seed: 1,
};

/** Half the width, for the synthetic benchmark in earnest. */
const small: ExperimentConfig = {
  ...paper, preset: 'small', width: [32, 64, 128], staticMlp: 128, temporalMlp: 256,
  optimizer: 'adamw', learningRate: 1e-3, weightDecay: 0.01, schedule: 'cosine', epochs: 12, batchSize: 8,
};

/** A quarter of the width, 8 frames of 56 x 56: tests, `npm start`, notebooks. */
const tiny: ExperimentConfig = {
  ...small, preset: 'tiny', width: [16, 32, 64], imageSize: 56, numSegments: 8, staticMlp: 64, temporalMlp: 128,
  learningRate: 1.5e-3, epochs: 15, batchSize: 8,
};

export const PRESETS: Readonly<Record<string, ExperimentConfig>> = { paper, small, tiny };

/** The four variants of the component ablation; the baseline has neither GCA nor the two losses that came with it. */
export const VARIANTS = {
  'baseline': { gca: { layer2: false, layer3: false }, lambda: 0, auxWeight: 0 },
  'gca': { gca: { layer2: true, layer3: true }, lambda: 0 },
  'ial': { gca: { layer2: false, layer3: false }, auxWeight: 0 },
  'gca+ial': { gca: { layer2: true, layer3: true } },
} as const satisfies Record<string, Partial<ExperimentConfig>>;

/** @throws UserError for an unknown preset. */
export function preset(name: string): ExperimentConfig {
  const config = PRESETS[name];
  if (!config) throw new UserError(`--preset: expected one of ${Object.keys(PRESETS).join(', ')}, found "${name}"`);
  return config;
}

/** Settings of a variant of the component ablation. @throws UserError for an unknown one. */
export function variantOf(name: string): Partial<ExperimentConfig> {
  if (!Object.hasOwn(VARIANTS, name)) throw new UserError(`--variant: expected one of ${Object.keys(VARIANTS).join(', ')}, found "${name}"`);
  return VARIANTS[name as keyof typeof VARIANTS];
}

/** Frames the network sees of one clip: U x V. */
export const framesPerClip = (config: ExperimentConfig): number => config.numSegments * config.framesPerSegment;

function parseValue(key: string, current: unknown, text: string): unknown {
  const wrong = (expected: string): never => { throw new UserError(`--set ${key}: expected ${expected}, found "${text}"`); };
  if (Array.isArray(current)) {
    const list = text.split(/[/,]/).map(Number);
    return list.length === current.length && list.every(Number.isFinite) ? list : wrong(`${current.length} numbers such as ${current.join('/')}`);
  }
  if (typeof current === 'boolean') {
    if (['true', 'on', '1'].includes(text)) return true;
    return ['false', 'off', '0'].includes(text) ? false : wrong('true or false');
  }
  if (typeof current === 'number') {
    return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : wrong('a number');
  }
  return text;
}

/** Returns a copy with `key=value` settings applied, dots for nested keys (`gca.layer2=false`). @throws UserError naming the key. */
export function withSettings(config: ExperimentConfig, settings: readonly string[]): ExperimentConfig {
  const copy = structuredClone(config) as unknown as Record<string, unknown>;
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) throw new UserError(`--set: expected key=value, found "${setting}"`);
    const key = setting.slice(0, at);
    const path = key.split('.');
    let target = copy;
    for (const part of path.slice(0, -1)) target = (typeof target[part] === 'object' && target[part] !== null ? target[part] : {}) as Record<string, unknown>;
    const last = path.at(-1)!;
    if (!Object.hasOwn(target, last) || (typeof target[last] === 'object' && !Array.isArray(target[last]))) {
      throw new UserError(`--set: there is no setting "${key}"; the settings are ${settingNames(config).join(', ')}`);
    }
    target[last] = parseValue(key, target[last], setting.slice(at + 1));
  }
  return validate(copy as unknown as ExperimentConfig);
}

function settingNames(config: ExperimentConfig): string[] {
  return Object.entries(config).filter(([key]) => key !== 'preset').flatMap(([key, value]) =>
    typeof value === 'object' && !Array.isArray(value) ? Object.keys(value as object).map((inner) => `${key}.${inner}`) : [key]);
}

const CHOICES: Partial<Record<keyof ExperimentConfig, readonly string[]>> = {
  temporal: ['transformer', 'mean'], optimizer: ['sgd', 'adamw'], schedule: ['step', 'cosine'],
  precision: ['f32', 'bf16'], sampling: SAMPLING_RULES,
  selection: ['last', 'best-on-validation', 'best-on-test'],
};
const COUNTS = ['imageSize', 'numSegments', 'framesPerSegment', 'numClasses', 'reduction', 'staticMlp', 'temporalMlp', 'decayEvery', 'epochs', 'batchSize'] as const;

/** Checks what the types cannot: choices, ranges, sizes that fit together. @throws UserError naming the setting. */
export function validate(config: ExperimentConfig): ExperimentConfig {
  const wrong = (key: string, expected: string, found: unknown): never => { throw new UserError(`setting ${key}: expected ${expected}, found ${JSON.stringify(found)}`); };
  for (const [key, choices] of Object.entries(CHOICES)) {
    const value = config[key as keyof ExperimentConfig];
    if (!choices!.includes(value as string)) wrong(key, `one of ${choices!.join(', ')}`, value);
  }
  for (const key of COUNTS) if (!Number.isInteger(config[key]) || config[key] < 1) wrong(key, 'a whole number of at least 1', config[key]);
  for (const channels of config.width) if (!Number.isInteger(channels) || channels < 1) wrong('width', 'whole numbers of at least 1', config.width);
  for (const key of ['lambda', 'auxWeight', 'weightDecay', 'momentum'] as const) if (!(config[key] >= 0)) wrong(key, 'a number of at least 0', config[key]);
  if (!(config.learningRate > 0)) wrong('learningRate', 'a number above 0', config.learningRate);
  if (config.auxWeight > 0 && !config.gca.layer2) wrong('auxWeight', '0 where layer2 has no GCA block (the auxiliary head is part of it)', config.auxWeight);
  if (config.numClasses < 2) wrong('numClasses', 'at least 2', config.numClasses);
  if (config.imageSize % 8 !== 0) wrong('imageSize', 'a multiple of 8', config.imageSize);
  if (config.fusion && config.numSegments * config.framesPerSegment < 2) wrong('numSegments', 'at least 2 frames for the dynamic-static fusion', config.numSegments);
  return config;
}
