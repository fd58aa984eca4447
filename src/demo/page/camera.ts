// The camera as the browser gives it, and what it says when it does not.

export interface Camera { readonly video: HTMLVideoElement; stop(): void }

const REASONS: Readonly<Record<string, string>> = {
  NotAllowedError: 'the camera was refused: allow it for this page (the sign in the address bar) and start again',
  NotFoundError: 'no camera was found: connect one and start again',
  NotReadableError: 'the camera cannot be read: another program may be using it',
  OverconstrainedError: 'the camera has no picture of a usable size',
};

/** One line for a failure of getUserMedia. */
export const cameraProblem = (error: unknown): string =>
  (error instanceof Error && REASONS[error.name]) || `the camera could not be started (${error instanceof Error ? error.message || error.name : String(error)})`;

/** Asks the user; pictures begin when it returns. @throws Error in words for a user */
export async function openCamera(video: HTMLVideoElement, onEnd: (why: string) => void): Promise<Camera> {
  if (!isSecureContext || !('mediaDevices' in navigator)) throw new Error('browsers give the camera to secure pages only: open this one as http://127.0.0.1 (ial demo --serve) or by https');
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' }, audio: false }).catch((error: unknown) => { throw new Error(cameraProblem(error)); });
  const stop = (): void => { for (const track of stream.getTracks()) track.stop(); video.srcObject = null; };
  stream.getVideoTracks()[0]?.addEventListener('ended', () => { onEnd('the camera was taken away'); });
  video.srcObject = stream;
  await video.play().catch((error: unknown) => { stop(); throw new Error(cameraProblem(error)); });
  return { video, stop };
}
