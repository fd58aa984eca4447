// Pictures to bytes through the browser's own decoder, without its colour management where it can be left out.
import type { RawImage } from '../../data/resize.ts';

/** As decode.ts: a larger frame is a mistake. */
const MAX_PIXELS = 4096 * 4096;

/** @throws Error saying what is wrong with the picture */
export async function decodePicture(blob: Blob): Promise<RawImage> {
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' }).catch(() => { throw new Error('no picture that this browser can read'); });
  try {
    if (bitmap.width * bitmap.height > MAX_PIXELS) throw new Error(`${bitmap.width} x ${bitmap.height} pixels, more than 16.8 million`);
    return pixelsOf(bitmap, bitmap.width, bitmap.height);
  } finally { bitmap.close(); }
}

let canvas: OffscreenCanvas | undefined;

/** The bytes that a picture or a video shows now. */
export function pixelsOf(source: CanvasImageSource, width: number, height: number): RawImage {
  if (canvas?.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (!context) throw new Error('this browser cannot read pictures (no canvas)');
  context.drawImage(source, 0, 0, width, height);
  return withoutAlpha(context.getImageData(0, 0, width, height).data, width, height);
}

/** [height, width, 4] -> [height, width, 3] */
export function withoutAlpha(rgba: Uint8ClampedArray, width: number, height: number): RawImage {
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    data[to] = rgba[from]!;
    data[to + 1] = rgba[from + 1]!;
    data[to + 2] = rgba[from + 2]!;
  }
  return { data, width, height };
}
