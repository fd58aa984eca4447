// Whether frames look like face crops, cheaply: by their shape, their size and their colours. It finds no face and cannot
// say that a crop is good; it only says what is unlike DFEW's and FERV39k's frames (square, 224 pixels, mostly face).
import type { Box, RawImage } from './resize.ts';

/** Aligned crops are square; loose ones are a little off. */
const MAX_ASPECT = 1.25;
/** Twice what either set delivers. */
const MAX_SIDE = 512;
/** Of the pixels in the colours of skin; crops are far above. */
const MIN_SKIN = 0.2;
/** Mean distance from grey, of 128: below it colours say nothing (black-and-white films). */
const MIN_COLOUR = 4;

/** What is unlike a face crop, a line each; empty where nothing is. @param frames some of a clip, cropped to `box` where it is given */
export function cropWarnings(frames: readonly RawImage[], box?: Box): string[] {
  const first = frames[0]!, { width, height } = box ?? first, what = box ? `the box is ${width} x ${height}` : `frames are ${width} x ${height}`;
  const shape = Math.max(width / height, height / width) > MAX_ASPECT ? [`${what}: face crops are about square, these are squeezed to a square`] : [];
  const size = !box && shape.length === 0 && Math.min(width, height) > MAX_SIDE ? [`${what}: face crops of DFEW and FERV39k have 224, is this a whole scene?`] : [];
  const { skin, colour } = mean(frames.map((frame) => colours(frame, box)));
  const colourful = colour >= MIN_COLOUR && skin < MIN_SKIN ? [`only ${(100 * skin).toFixed(0)} % of the pixels have a skin's colour: does the face fill the frame? (judged by colour alone)`] : [];
  return [...shape, ...size, ...colourful];
}

interface Colours { readonly skin: number; readonly colour: number }

const mean = (all: readonly Colours[]): Colours => ({
  skin: all.reduce((sum, { skin }) => sum + skin, 0) / all.length, colour: all.reduce((sum, { colour }) => sum + colour, 0) / all.length,
});

/**
 * Share of pixels whose chrominance (JPEG's Cb, Cr) lies in the range of skin, Cb 77-127, Cr 133-173 (Chai and Ngan, 1999):
 * the range of the hue is narrow over light and dark skin, but coloured light leaves it, and sand or wood enters it.
 */
function colours({ data, width, height }: RawImage, { left, top, width: w, height: h }: Box = { left: 0, top: 0, width, height }): Colours {
  const step = Math.max(1, Math.floor(Math.min(w, h) / 64)); // some 4,000 pixels suffice
  let skin = 0, colour = 0, count = 0;
  for (let y = top; y < top + h; y += step) for (let x = left; x < left + w; x += step) {
    const i = 3 * (y * width + x), [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
    const cb = 128 - 0.168736 * r - 0.331264 * g + 0.5 * b, cr = 128 + 0.5 * r - 0.418688 * g - 0.081312 * b;
    if (cb >= 77 && cb <= 127 && cr >= 133 && cr <= 173) skin++;
    colour += Math.max(Math.abs(cb - 128), Math.abs(cr - 128));
    count++;
  }
  return { skin: skin / count, colour: colour / count };
}
