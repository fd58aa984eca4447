// A person: everything about a face that stays the same between its clips.

import { random, type Random } from '../../random.ts';
import { ACTION_UNITS, atRest, type ActionUnit, type Activation } from './actionUnits.ts';

/** Red, green, blue in 0..255 (not rounded, may leave the range slightly until drawn). */
export type Colour = readonly [number, number, number];

export type HairStyle = 'bald' | 'short' | 'fringe' | 'curly' | 'bob' | 'long' | 'tied';
export type Beard = 'none' | 'stubble' | 'full' | 'goatee';
export type Glasses = 'none' | 'thick' | 'thin';

export interface Identity {
  readonly number: number;
  readonly skin: Colour;
  readonly hair: Colour;
  readonly brow: Colour;
  readonly lips: Colour;
  readonly iris: Colour;
  /** Factors on the average face, about 1. */
  readonly headWidth: number;
  readonly headHeight: number;
  readonly eyeSpacing: number;
  readonly eyeSize: number;
  readonly noseWidth: number;
  readonly noseLength: number;
  readonly mouthWidth: number;
  readonly lipThickness: number;
  /** 0 pointed to 1 square. */
  readonly jaw: number;
  /** Units of the 224-unit drawing: eyes' slant, brows' height, thickness and arch, lids' droop, hairline's height. */
  readonly eyeTilt: number;
  readonly browHeight: number;
  readonly browThickness: number;
  readonly browArch: number;
  readonly lidDroop: number;
  readonly hairline: number;
  /** 0 to 1 (or a little more): wrinkles, eye sockets' depth, blush, lashes, brows' density. */
  readonly age: number;
  readonly socket: number;
  readonly blush: number;
  readonly lashes: number;
  readonly browOpacity: number;
  /** The left half moves (1 + asymmetry) times as much as it should, the right half (1 - asymmetry) times. */
  readonly asymmetry: number;
  readonly hairStyle: HairStyle;
  readonly beard: Beard;
  readonly glasses: Glasses;
  /** The face at rest: some people look sad or angry without being so. */
  readonly resting: Readonly<Activation>;
  /** How strongly this person uses each action unit, about 1. */
  readonly gain: Readonly<Activation>;
}

const SKINS: readonly Colour[] = [
  [255, 224, 196], [248, 210, 185], [241, 194, 152], [232, 186, 150], [224, 172, 125], [205, 150, 105], [180, 122, 80], [141, 85, 50], [100, 60, 38],
];
/** The first four are the usual ones of dark skin. */
const HAIRS: readonly Colour[] = [
  [20, 16, 16], [44, 30, 22], [60, 58, 62], [80, 52, 32], [120, 78, 42], [150, 150, 152], [176, 132, 78], [214, 180, 120], [132, 54, 28],
];
const IRISES: readonly Colour[] = [[60, 36, 20], [84, 56, 30], [40, 26, 18], [70, 96, 60], [78, 110, 140]];
const RESTING_UNITS: readonly ActionUnit[] = [1, 2, 4, 5, 7, 12, 15, 17, 23, 43];

/** Lighter or darker, and a little redder or yellower: never greener, which no skin and no hair is. */
function vary(r: Random, colour: Colour, deviation: number): Colour {
  const lightness = r.normal(0, deviation);
  const warmth = r.normal(0, 0.5 * deviation);
  return [colour[0] + lightness + 0.5 * warmth, colour[1] + lightness, colour[2] + lightness - 0.5 * warmth];
}

const browColour = (hair: Colour): Colour => [hair[0] * 0.52 + 18, hair[1] * 0.5 + 8, hair[2] * 0.5 + 4];

function lipColour(skin: Colour, isFeminine: boolean): Colour {
  const red = isFeminine ? 0.4 : 0.3;
  return [skin[0] * 0.58 + 190 * red, skin[1] * 0.54 + 70 * red, skin[2] * 0.56 + 78 * red];
}

function restingFace(r: Random): Activation {
  const resting = atRest();
  for (const unit of RESTING_UNITS) resting[unit] = Math.max(0, r.normal(-0.04, unit === 43 || unit === 5 ? 0.08 : 0.16));
  return resting;
}

function unitGains(r: Random): Activation {
  const gain = atRest();
  for (const unit of ACTION_UNITS) gain[unit] = unit === 43 ? 1 : Math.exp(r.normal(0, 0.18));
  return gain;
}

function colours(r: Random, isFeminine: boolean): Pick<Identity, 'skin' | 'hair' | 'brow' | 'lips' | 'iris'> {
  const skin = vary(r, r.pick(SKINS), 8);
  const isDark = skin[0] < 195 && r.chance(0.8);
  const hair = vary(r, r.pick(isDark ? HAIRS.slice(0, 4) : HAIRS), 7);
  return { skin, hair, brow: browColour(hair), lips: lipColour(skin, isFeminine), iris: r.pick(IRISES) };
}

function grooming(r: Random, isFeminine: boolean): Pick<Identity, 'hairStyle' | 'beard' | 'glasses'> {
  return {
    hairStyle: isFeminine ? r.pick(['tied', 'fringe', 'bob', 'long', 'long', 'fringe', 'curly', 'bob']) : r.pick(['bald', 'short', 'short', 'short', 'fringe', 'short', 'curly']),
    beard: isFeminine ? 'none' : r.pick(['none', 'none', 'none', 'stubble', 'stubble', 'full', 'goatee']),
    glasses: r.chance(0.18) ? r.pick(['thick', 'thin']) : 'none',
  };
}

/** Person `number` of the benchmark with this seed; the same for every clip of the person. */
export function makeIdentity(seed: number, number: number): Identity {
  const r = random(seed, 'identity', number);
  const isFeminine = r.chance(0.5);
  const years = r.next();
  return {
    number,
    ...colours(r, isFeminine),
    headWidth: r.normal(1, 0.045),
    headHeight: r.normal(1, 0.03),
    eyeSpacing: r.normal(1, 0.045),
    eyeSize: Math.max(0.8, r.normal(isFeminine ? 1.05 : 0.97, 0.07)),
    noseWidth: Math.max(0.75, r.normal(1, 0.13)),
    noseLength: r.normal(1, 0.08),
    mouthWidth: r.normal(1, 0.08),
    lipThickness: Math.max(0.55, r.normal(isFeminine ? 1.08 : 0.86, 0.16)),
    jaw: isFeminine ? r.uniform(0, 0.6) : r.uniform(0.3, 1),
    eyeTilt: r.normal(-0.6, 1.4),
    browHeight: r.normal(0, 2.2),
    browThickness: Math.max(1.5, r.normal(isFeminine ? 2.4 : 3.4, 0.6)),
    browArch: r.uniform(0.2, 1.5),
    lidDroop: r.normal(0, 0.7),
    hairline: r.normal(0, 4),
    age: years * Math.sqrt(years),
    socket: r.uniform(0.6, 1.2),
    blush: r.uniform(0, 0.15),
    lashes: isFeminine ? r.uniform(0.4, 1.2) : r.uniform(0, 0.3),
    browOpacity: r.uniform(0.82, 1),
    asymmetry: r.normal(0, 0.09),
    ...grooming(r, isFeminine),
    resting: restingFace(r),
    gain: unitGains(r),
  };
}
