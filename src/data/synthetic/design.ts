// What the benchmark is made of: every share and scale that decides how hard it is. Tuned with the baseline and the oracle only
// (never with the intensity-aware loss); a change of any number here is a new GENERATOR_VERSION.
//
// Version 1 had 35 % transition clips: too few for a network to need the order of frames (at `small` shuffled ones cost it nothing).

/** Goes into synthetic.json and into every result. Raise it with any change that alters a pixel, a label or a list. */
export const GENERATOR_VERSION = 2;

export interface Design {
  /** Peak intensity = low + (high - low) Beta(alpha, beta): many weak clips. Neutral clips have peak 0. */
  readonly peak: { readonly alpha: number; readonly beta: number; readonly low: number; readonly high: number };
  /** Shares of the intensity curves among clips without transition. */
  readonly curves: { readonly apex: number; readonly multi: number; readonly late: number; readonly flat: number };
  /** Share of clips in which another expression fades while the labelled one rises: what makes the order of frames informative. */
  readonly transitions: number;
  /** 0 to 1: how far fear/surprise and anger/disgust begin as a mixture of the two. */
  readonly evolve: number;
  /** Largest share of the confusable expression that stays mixed in. */
  readonly overlap: number;
  /** Scale of an identity's resting action units. */
  readonly resting: number;
  /** Share of clips whose person constantly resembles a random expression, and how strongly. */
  readonly mimics: number;
  readonly mimicLevel: readonly [number, number];
  /** Share of clips in which a second expression flashes up. */
  readonly second: number;
  readonly talking: number;
  readonly occluders: number;
  /** Scale of head motion, light, tint, blur and noise. */
  readonly nuisance: number;
  readonly clipsPerIdentity: number;
}

export const DESIGN: Design = {
  peak: { alpha: 1.4, beta: 1.5, low: 0.12, high: 1 },
  curves: { apex: 0.45, multi: 0.2, late: 0.2, flat: 0.15 },
  transitions: 0.6,
  evolve: 0.4,
  overlap: 0.15,
  resting: 0.7,
  mimics: 0.3,
  mimicLevel: [0.1, 0.35],
  second: 0.15,
  talking: 0.35,
  occluders: 0.05,
  nuisance: 0.45,
  clipsPerIdentity: 4,
};
