// The last so many frames of a camera, in the order of time.

export interface RollingWindow {
  /** The oldest frame leaves. @param frame [size, size, 3] */
  push(frame: Uint8Array): void;
  /** Frames it holds, at most `frames`. */
  readonly count: () => number;
  /** [frames, size, size, 3], the newest last. @throws Error before it is full */
  images(): Uint8Array;
  clear(): void;
}

export function rollingWindow(frames: number): RollingWindow {
  let held: Uint8Array[] = [];
  return {
    push(frame) { held = [...held, frame].slice(-frames); },
    count: () => held.length,
    images() {
      if (held.length < frames) throw new Error(`the window holds ${held.length} of ${frames} frames`);
      const all = new Uint8Array(frames * held[0]!.length);
      held.forEach((frame, t) => all.set(frame, t * frame.length));
      return all;
    },
    clear() { held = []; },
  };
}
