// Typed arrays as base64 text, little-endian as every machine that runs this.

export const toBase64 = (data: Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
