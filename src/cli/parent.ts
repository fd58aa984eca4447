// What a command tells the command that started it: `ial reproduce` and `ial quick` have runs made in processes of their own.
import type { Progress } from '../data/clip.ts';

/** Milliseconds between two messages. */
const PAUSE = 500;

export interface Parent {
  tell(progress: Progress): void;
  /** Call it in a `finally`: a process that listens does not end. */
  leave(): void;
}

/** Without a parent that listens, nothing happens; one that is gone has nobody to make the table: the command stops as if asked to. */
export function attachToParent(): Parent {
  const onGone = (): void => { process.kill(process.pid, 'SIGTERM'); };
  process.on('disconnect', onGone);
  let last = 0;
  return {
    tell(progress) {
      const { done, total } = progress, now = performance.now();
      if (!process.connected || (now - last < PAUSE && done < total!)) return;
      last = now;
      process.send!(progress);
    },
    leave() {
      process.removeListener('disconnect', onGone);
      if (process.connected) process.disconnect();
    },
  };
}
