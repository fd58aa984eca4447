// Which GPUs and which driver there are, without touching either: a self-test's result holds as long as they are the same.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What NVIDIA's driver puts there, in a container and under WSL 2 too. */
const TRACES = ['/dev/nvidiactl', '/dev/nvidia0', '/dev/dxg', '/proc/driver/nvidia/version'];

/** False only where no driver is loaded or none is handed into the container. */
export const hasNvidiaDriver = (traces: readonly string[] = TRACES): boolean => traces.some((file) => existsSync(file));

/**
 * Driver and GPUs as text, or undefined where neither the kernel nor nvidia-smi tells.
 * @param proc NVIDIA's folder in /proc, which costs nothing to read; nvidia-smi may take a second
 */
export function gpuIdentity(proc = '/proc/driver/nvidia', smi = 'nvidia-smi'): string | undefined {
  return identityInProc(proc) ?? identityBySmi(smi);
}

function identityInProc(proc: string): string | undefined {
  try {
    const driver = readFileSync(join(proc, 'version'), 'utf8').split('\n')[0]!;
    const gpus = readdirSync(join(proc, 'gpus')).map((bus) => stable(readFileSync(join(proc, 'gpus', bus, 'information'), 'utf8')));
    return gpus.length === 0 ? undefined : [driver, ...gpus].join('\n');
  } catch {
    return undefined;
  }
}

/** The lines that stay the same while a GPU does, without its interrupt's number. */
const stable = (information: string): string => information.split('\n').filter((line) => /^(?:Model|GPU UUID|Video BIOS|Bus Location)/.test(line)).join('\n');

function identityBySmi(smi: string): string | undefined {
  try {
    const output = execFileSync(smi, ['--query-gpu=name,uuid,driver_version', '--format=csv,noheader'], { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'] });
    return output.trim() || undefined;
  } catch {
    return undefined;
  }
}
