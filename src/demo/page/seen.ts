// A clip as the network is shown it.

export interface SeenClip {
  /** What it is, in words. */
  readonly caption: string;
  /** [frames, size, size, 3] */
  readonly images: Uint8Array;
  readonly frames: number;
  readonly size: number;
  /** Of each frame shown. */
  readonly names: readonly string[];
  /** What is odd about it. */
  readonly notes: readonly string[];
  readonly truth?: Truth;
  /** From a camera: answers follow each other, so that nothing is read out. */
  readonly isLive?: boolean;
}

/** What is known of a clip that came with the page. */
export interface Truth {
  readonly label: number;
  /** Of the frames shown, 0 to 1. */
  readonly intensity?: readonly number[];
  /** The largest of any frame of the clip. */
  readonly peak?: number;
  /** Of the native engine. */
  readonly logits?: readonly number[];
}
