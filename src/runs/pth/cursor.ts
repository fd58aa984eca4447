// Reading bytes in order; whatever a file claims about lengths is checked against what is there.
import { Unreadable } from './values.ts';

export class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next `count` bytes, not copied. @throws Unreadable where the file ends before. */
  take(count: number): Uint8Array {
    const start = this.advance(count);
    return this.bytes.subarray(start, start + count);
  }

  u8(): number { return this.#view.getUint8(this.advance(1)); }
  u16(): number { return this.#view.getUint16(this.advance(2), true); }
  u32(): number { return this.#view.getUint32(this.advance(4), true); }
  i32(): number { return this.#view.getInt32(this.advance(4), true); }
  /** Big-endian, as pickle keeps its only floating type. */
  f64(): number { return this.#view.getFloat64(this.advance(8), false); }

  /** @throws Unreadable beyond 2^53, which no file reaches. */
  u64(): number {
    const value = this.#view.getBigUint64(this.advance(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Unreadable(`a length of ${value} at byte ${this.at - 8} is beyond any file`);
    return Number(value);
  }

  /** Text up to a line feed. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.#tooShort(1);
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  /** UTF-8; lone surrogates, which Python may write, are replaced. */
  text(count: number): string { return new TextDecoder().decode(this.take(count)); }

  /** Where `count` bytes begin, and steps over them. */
  advance(count: number): number {
    if (count > this.bytes.length - this.at) throw this.#tooShort(count);
    const start = this.at;
    this.at += count;
    return start;
  }

  #tooShort(count: number): Unreadable {
    return new Unreadable(`it ends at byte ${this.bytes.length} where ${count} more were announced at byte ${this.at} (truncated?)`);
  }
}
