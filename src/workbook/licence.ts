// Frames of a licensed set must not leave the machine in a notebook: every output with frames is marked with their
// source, and bin/notebooks/outputs.mjs refuses to have any but those of the synthetic benchmark committed.
import { UserError } from '../errors.ts';
import { display, type Metadata } from './host.ts';

/** Whose faces a picture shows. `isSynthetic` is the data set's: rendered by this project. */
export interface FrameSource {
  readonly isSynthetic: boolean;
  /** Show frames of a licensed set; the notebook must then not be given away. */
  readonly embedFrames?: boolean;
}

const BANNER = 'DO NOT DISTRIBUTE: frames of a licensed set.';
export const warn = (words = ''): void => display({ 'text/markdown': `**${BANNER}** ${words}`.trim(), 'text/plain': `${BANNER} ${words}`.trim() });

export const mayShow = ({ isSynthetic, embedFrames = false }: FrameSource): boolean => isSynthetic || embedFrames;

/** The mark of an output that holds frames. */
export const frameMark = ({ isSynthetic }: FrameSource): Metadata => ({ workbook: { frames: isSynthetic ? 'synthetic' : 'licensed' } });

/** @returns the mark. @throws UserError where the source is not told, or is licensed and embedFrames is not set. */
export function checkFrames(what: string, source: FrameSource | undefined): Metadata {
  if (!source) throw new UserError(`${what}: it holds pictures; say of which data: { frames: { isSynthetic, embedFrames } }`);
  if (!mayShow(source)) throw new UserError(`${what}: it holds frames of a licensed set, which are not put into a notebook unless embedFrames is set`);
  return frameMark(source);
}
