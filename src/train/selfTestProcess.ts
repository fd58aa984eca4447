// The GPU's self-test as a process of its own (src/engine/gpuTest.ts starts it): whatever goes wrong on the GPU, a crash
// or a hang included, goes wrong here. Answers with one line of JSON on standard output.
import { writeSync } from 'node:fs';
import type { SelfTestAnswer } from '../engine/gpuTest.ts';
import { portableOps } from '../engine/portable.ts';
import { startTensorflow } from '../engine/tensorflow.ts';
import { compareSteps, referenceStep, selfTestStep } from './selfTest.ts';

async function answer(): Promise<SelfTestAnswer> {
  const { ops, device } = await startTensorflow('gpu');
  if (device === 'cpu') return { device };
  return { device, difference: compareSteps(await selfTestStep(ops), await referenceStep(portableOps)) };
}

console.log = console.info = console.warn = () => {}; // tfjs advertises its backends; standard output is for the answer
const said = await answer().catch((error: unknown): SelfTestAnswer => ({ failure: (error as Error).message.split('\n')[0]! }));
writeSync(1, `${JSON.stringify(said)}\n`);
process.kill(process.pid, 'SIGKILL'); // not process.exit: that would run CUDA's own ending, which may hang or crash and says nothing of the step
