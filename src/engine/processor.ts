// What the processor can do with bfloat16.
import { readFileSync } from 'node:fs';

/** 'tiles': matrices of it at once (AMX), 'vectors': pairs of it (AVX-512 BF16, SVE BF16), 'none': only by way of float32. */
export type BFloat16Support = 'tiles' | 'vectors' | 'none';

/** @param description of the processors, as Linux gives it */
export function bfloat16Support(description = processorDescription()): BFloat16Support {
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(description)?.[1]?.trim().split(/\s+/));
  if (flags.has('amx_bf16')) return 'tiles';
  return ['avx512_bf16', 'bf16'].some((flag) => flags.has(flag)) ? 'vectors' : 'none';
}

function processorDescription(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return ''; // macOS: nothing is suggested there
  }
}
