// Base64 to bytes without a fetch, which the page's policy forbids.

export function atob64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export const floats = (text: string): Float32Array => new Float32Array(atob64(text).buffer);
export const words = (text: string): Uint32Array => new Uint32Array(atob64(text).buffer);
