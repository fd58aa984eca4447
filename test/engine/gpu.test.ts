// The decision about the GPU, with a made-up machine; the self-test's process, with made-up processes. No GPU is needed.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planDevice, type DevicePlan, type GpuHost } from '../../src/engine/gpu.ts';
import { gpuIdentity, hasNvidiaDriver } from '../../src/engine/gpuIdentity.ts';
import { runSelfTest, selfTestArguments, type SelfTestProcess } from '../../src/engine/gpuTest.ts';

describe('engine/gpu', () => {
  let home: string;
  beforeEach(() => { home = mkdtempSync(join(tmpdir(), 'ial-gpu-')); });
  afterEach(() => { rmSync(home, { recursive: true, force: true }); });

  const setUpFor = (device: string): void => {
    writeFileSync(join(home, 'device'), device);
    mkdirSync(join(home, 'gpu'), { recursive: true });
    for (const name of ['stamp', 'addon-stamp']) writeFileSync(join(home, 'gpu', name), `${name} 1`);
  };

  describe('planDevice', () => {
    interface Planned { readonly plan: DevicePlan; readonly environment: NodeJS.ProcessEnv; readonly tests: readonly SelfTestProcess[] }

    async function planned(environment: NodeJS.ProcessEnv = {}, { failure, ...machine }: Partial<GpuHost> & { failure?: string } = {}): Promise<Planned> {
      const tests: SelfTestProcess[] = [];
      const plan = await planDevice({
        home, environment, hasDriver: () => true, identity: () => 'driver 570, H200',
        test: async (process) => { tests.push(process); return failure; }, ...machine,
      });
      return { plan, environment, tests };
    }

    it('leaves a machine that is not set up for a GPU alone', async () => {
      for (const device of [undefined, 'cpu']) {
        if (device) setUpFor(device);
        assert.deepEqual(await planned(), { plan: { device: 'cpu', build: 'cpu' }, environment: {}, tests: [] });
      }
    });

    it('uses a GPU that passes, its memory as needed and float32 as float32', async () => {
      setUpFor('gpu');
      const { plan, environment, tests } = await planned();
      assert.deepEqual(plan, { device: 'gpu', build: 'gpu' });
      assert.deepEqual(environment, { TF_FORCE_GPU_ALLOW_GROWTH: 'true', NVIDIA_TF32_OVERRIDE: '0' });
      assert.equal(tests.length, 1);
      assert.equal(tests[0]!.seconds, 120);
      assert.equal(tests[0]!.environment['TF_FORCE_GPU_ALLOW_GROWTH'], 'true');
      assert.equal(tests[0]!.environment['TF_CPP_MIN_LOG_LEVEL'], '1');
    });

    it('keeps what the user has set, but tests in float32', async () => {
      setUpFor('gpu');
      const { environment, tests } = await planned({ TF_FORCE_GPU_ALLOW_GROWTH: 'false', NVIDIA_TF32_OVERRIDE: '1', IAL_GPU_TEST_SECONDS: '600' });
      assert.deepEqual([environment['TF_FORCE_GPU_ALLOW_GROWTH'], environment['NVIDIA_TF32_OVERRIDE']], ['false', '1']);
      assert.deepEqual([tests[0]!.environment['NVIDIA_TF32_OVERRIDE'], tests[0]!.seconds], ['0', 600]);
    });

    it('hides a GPU that fails, says why in one line, and tries again the next time', async () => {
      setUpFor('gpu');
      for (let start = 0; start < 2; start++) {
        const { plan, environment, tests } = await planned({}, { failure: 'it took more than 120 s' });
        assert.deepEqual(plan, { device: 'cpu', build: 'gpu', note: 'the GPU is not used: its self-test failed: it took more than 120 s; computing on the CPU' });
        assert.equal(environment['CUDA_VISIBLE_DEVICES'], '-1');
        assert.equal(tests.length, 1);
      }
    });

    it('says in one line that no GPU is visible, without a test', async () => {
      setUpFor('gpu');
      const { plan, environment, tests } = await planned({}, { hasDriver: () => false });
      assert.equal(plan.note, 'set up for a GPU, none is visible: no NVIDIA driver is loaded; computing on the CPU');
      assert.deepEqual([plan.device, environment['CUDA_VISIBLE_DEVICES'], tests.length], ['cpu', '-1', 0]);
      for (const hidden of ['-1', '']) {
        const { plan, tests } = await planned({ CUDA_VISIBLE_DEVICES: hidden });
        assert.equal(plan.note, `set up for a GPU, none is visible: CUDA_VISIBLE_DEVICES is "${hidden}"; computing on the CPU`);
        assert.deepEqual([plan.device, tests.length], ['cpu', 0]);
      }
    });

    it('remembers a passed test', async () => {
      setUpFor('gpu');
      assert.equal((await planned()).tests.length, 1);
      const again = await planned({}, { failure: 'must not be asked' });
      assert.deepEqual([again.plan, again.tests], [{ device: 'gpu', build: 'gpu' }, []]);
      assert.equal(again.environment['TF_FORCE_GPU_ALLOW_GROWTH'], 'true');
      assert.equal((await planned({}, { identity: () => 'another node of a cluster' })).tests.length, 1);
      assert.equal((await planned()).tests.length, 0, 'one result does not drive out another');
    });

    const changes: readonly (readonly [string, () => { environment?: NodeJS.ProcessEnv; machine?: Partial<GpuHost> }])[] = [
      ['TensorFlow', () => { writeFileSync(join(home, 'gpu', 'stamp'), 'stamp 2'); return {}; }],
      ['the addon', () => { writeFileSync(join(home, 'gpu', 'addon-stamp'), 'addon-stamp 2'); return {}; }],
      ['the driver', () => ({ machine: { identity: () => 'driver 580, H200' } })],
      ['the choice among GPUs', () => ({ environment: { CUDA_VISIBLE_DEVICES: '1' } })],
      ['the folders of libraries', () => ({ environment: { LD_LIBRARY_PATH: '/opt/cuda' } })],
    ];
    for (const [what, change] of changes) {
      it(`tests again when ${what} changed`, async () => {
        setUpFor('gpu');
        await planned();
        const { environment, machine } = change();
        assert.equal((await planned(environment, machine)).tests.length, 1);
      });
    }

    it('remembers nothing of a GPU that it cannot name, in a damaged file, or in a folder that is not there', async () => {
      setUpFor('gpu');
      for (let start = 0; start < 2; start++) assert.equal((await planned({}, { identity: () => undefined })).tests.length, 1);
      for (const damaged of ['{"passed"', '{"passed": 7}', '[]', 'null']) {
        writeFileSync(join(home, 'gpu-self-test.json'), damaged);
        assert.deepEqual((await planned()).plan, { device: 'gpu', build: 'gpu' }, damaged);
        assert.match(readFileSync(join(home, 'gpu-self-test.json'), 'utf8'), /^\{"passed":\["[0-9a-f]{64}"\]\}$/m);
      }
      const { plan } = await planned({}, { test: async () => { rmSync(home, { recursive: true }); return undefined; }, identity: () => 'new' });
      assert.deepEqual(plan, { device: 'gpu', build: 'gpu' });
    });

    it('uses the GPU untested where the user says so', async () => {
      setUpFor('gpu');
      const { plan, tests } = await planned({ IAL_GPU_TEST_SECONDS: '0' }, { failure: 'must not be asked' });
      assert.deepEqual([plan.device, tests.length], ['gpu', 0]);
      for (const odd of ['', 'soon', '-1', 'Infinity']) assert.equal((await planned({ IAL_GPU_TEST_SECONDS: odd }, { identity: () => undefined })).tests[0]!.seconds, 120);
    });
  });

  describe('runSelfTest', () => {
    const take = (program: string, seconds = 30): Promise<string | undefined> =>
      runSelfTest({ command: process.execPath, args: ['-e', program], environment: process.env, seconds });
    const answer = (value: object): string => `console.log(${JSON.stringify(JSON.stringify(value))});`;
    const gpu = (error: number | null): string => answer({ device: 'gpu', difference: { what: 'gradient of fc_f.bias', error, allowed: 0.02 } });

    it('passes right numbers, whatever else is printed and whatever the end is', async () => {
      assert.equal(await take(gpu(1e-5)), undefined);
      assert.equal(await take(`console.log('7'); console.log('{"a":'); console.error('E error'); ${gpu(0)} process.kill(process.pid, 'SIGSEGV')`), undefined);
      assert.equal(await take(`${gpu(0.02)} setInterval(() => {}, 1000)`), undefined, 'a hang after the answer');
    });

    it('refuses wrong numbers', async () => {
      assert.equal(await take(gpu(0.5)), 'wrong numbers: gradient of fc_f.bias is off by 0.50, 0.02 is allowed');
      assert.equal(await take(gpu(null)), 'wrong numbers: gradient of fc_f.bias is off by any measure, 0.02 is allowed');
    });

    it('says what a process that fails had to say', async () => {
      assert.equal(await take(answer({ failure: 'OOM when allocating' })), 'it says "OOM when allocating"');
      assert.equal(await take('process.exit(3)'), 'it ended with code 3');
      assert.equal(await take('console.error("2026-11-24 02:34:00.1: W external/x.cc:41] Could not load dynamic library \'libcudnn.so.9\'; dlerror\\nanother error"); process.kill(process.pid, "SIGABRT")'),
        'it was ended by SIGABRT (Could not load dynamic library \'libcudnn.so.9\'; dlerror)');
      assert.equal(await take(`console.error('2026-11-24 02:34:00.1: E x/cuda_diagnostics.cc:2] failed call to cuInit: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH'); ${answer({ device: 'cpu' })}`),
        'TensorFlow finds no GPU that it can use (failed call to cuInit: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH)');
      assert.match((await runSelfTest({ command: join(home, 'absent'), args: [], environment: {}, seconds: 5 }))!, /^it does not start \(spawn .*ENOENT\)$/);
    });

    it('ends a process that hangs, SIGTERM or not', async () => {
      const pidFile = join(home, 'pid');
      const hang = `process.on('SIGTERM', () => {}); require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`;
      assert.equal(await take(hang, 2), 'it took more than 2 s');
      const pid = Number(readFileSync(pidFile, 'utf8'));
      for (let i = 0; i < 100 && isAlive(pid); i++) await new Promise((resolve) => { setTimeout(resolve, 20); });
      assert.ok(!isAlive(pid));
    });

    it('runs the real process, which finds no GPU where none is visible', async function () {
      this.timeout(60_000);
      const environment = { ...process.env, CUDA_VISIBLE_DEVICES: '-1', TF_CPP_MIN_LOG_LEVEL: '3' };
      assert.match((await runSelfTest({ command: process.execPath, args: selfTestArguments(), environment, seconds: 50 }))!, /^TensorFlow finds no GPU that it can use/);
    });

    it('starts the built file where there are no sources', () => {
      assert.deepEqual(selfTestArguments(home), [join(home, 'dist', 'train', 'selfTestProcess.js')]);
    });
  });

  describe('gpuIdentity', () => {
    it('reads driver and GPUs from /proc', () => {
      const bus = join(home, 'gpus', '0000:18:00.0');
      mkdirSync(bus, { recursive: true });
      writeFileSync(join(home, 'version'), 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.15\nGCC version: 12\n');
      writeFileSync(join(bus, 'information'), 'Model: \t\t NVIDIA H200\nIRQ:   \t\t 145\nGPU UUID: \t GPU-1\n');
      assert.equal(gpuIdentity(home, 'false'), 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.15\nModel: \t\t NVIDIA H200\nGPU UUID: \t GPU-1');
      assert.equal(hasNvidiaDriver([join(home, 'version')]), true);
    });

    it('asks nvidia-smi where /proc says nothing, and may learn nothing', () => {
      const smi = join(home, 'nvidia-smi');
      writeFileSync(smi, '#!/bin/sh\necho "NVIDIA H200, GPU-1, 570.86.15"\n');
      chmodSync(smi, 0o755);
      assert.equal(gpuIdentity(join(home, 'absent'), smi), 'NVIDIA H200, GPU-1, 570.86.15');
      assert.equal(gpuIdentity(join(home, 'absent'), join(home, 'absent')), undefined);
      assert.equal(hasNvidiaDriver([join(home, 'absent')]), false);
    });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
