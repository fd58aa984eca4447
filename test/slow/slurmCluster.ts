// A Slurm of one node for tests, from Debian's packages, without systemd: munge, slurmctld and slurmd as root, everything below one folder.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const PROGRAMS = ['/usr/sbin/slurmctld', '/usr/sbin/slurmd', '/usr/bin/sbatch', '/usr/sbin/munged'];

export interface Cluster {
  /** SLURM_CONF and whatever else a client needs. */
  readonly environment: Readonly<Record<string, string>>;
  run(program: string, ...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Why there can be no cluster here; installs Debian's packages where that is all that is missing. */
export function missingSlurm(): string | undefined {
  if (process.getuid?.() !== 0) return 'starting Slurm needs root';
  if (PROGRAMS.every((file) => existsSync(file))) return undefined;
  if (!existsSync('/etc/debian_version')) return 'Slurm is not installed, and this is no Debian';
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore', timeout: 120_000 });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'slurm-wlm', 'munge'], { stdio: 'ignore', timeout: 300_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  } catch {
    return 'Debian\'s packages slurm-wlm and munge cannot be installed here';
  }
  return PROGRAMS.every((file) => existsSync(file)) ? undefined : 'Debian\'s packages lack a program';
}

function configuration(folder: string, ports: readonly [number, number]): string {
  const host = hostname().split('.')[0]!;
  const inside = (name: string): string => join(folder, name);
  return [
    'ClusterName=ialtest', `SlurmctldHost=${host}(127.0.0.1)`, `SlurmctldPort=${ports[0]}`, `SlurmdPort=${ports[1]}`, 'AuthType=auth/munge', `AuthInfo=socket=${inside('munge/socket')}`, 'SlurmUser=root', 'SlurmdUser=root',
    `StateSaveLocation=${inside('state')}`, `SlurmdSpoolDir=${inside('spool')}`, `SlurmctldPidFile=${inside('slurmctld.pid')}`, `SlurmdPidFile=${inside('slurmd.pid')}`,
    `SlurmctldLogFile=${inside('slurmctld.log')}`, `SlurmdLogFile=${inside('slurmd.log')}`, 'ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/none', 'SelectType=select/cons_tres', 'SelectTypeParameters=CR_CPU',
    'ReturnToService=2', 'MpiDefault=none', 'JobRequeue=1', 'KillWait=5', 'MinJobAge=300', 'SchedulerParameters=sched_interval=1,batch_sched_delay=1',
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${availableParallelism()} RealMemory=${Math.floor(totalmem() / 1.2e6)} State=UNKNOWN`, `PartitionName=p Nodes=${host} Default=YES MaxTime=INFINITE State=UP`, '',
  ].join('\n');
}

/** A munge daemon of this test's own, with a key and a socket below `folder`. */
function startMunge(folder: string): void {
  const munge = join(folder, 'munge');
  mkdirSync(munge, { mode: 0o755 });
  writeFileSync(join(munge, 'key'), Buffer.from(Array.from({ length: 128 }, () => Math.floor(Math.random() * 256))), { mode: 0o400 });
  execFileSync('/usr/sbin/munged', ['--force', `--socket=${munge}/socket`, `--key-file=${munge}/key`, `--log-file=${munge}/log`, `--pid-file=${munge}/pid`, `--seed-file=${munge}/seed`], { stdio: 'ignore' });
}

/** @throws Error with the end of the daemons' logs when the node does not become idle within a minute. */
export async function startCluster(folder: string): Promise<Cluster> {
  chmodSync(folder, 0o755);
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
  const first = 20_000 + (process.pid % 20_000);
  writeFileSync(join(folder, 'slurm.conf'), configuration(folder, [first, first + 1]));
  startMunge(folder);
  const environment = { SLURM_CONF: join(folder, 'slurm.conf') };
  const env = { ...process.env, ...environment };
  const daemons = ['/usr/sbin/slurmctld', '/usr/sbin/slurmd'].map((program) => spawn(program, ['-D'], { env, stdio: 'ignore' }));
  const run: Cluster['run'] = async (program, ...args) => (await promisify(execFile)(program, [...args], { env })).stdout;
  const stop = async (): Promise<void> => {
    await run('scancel', '--user=root').catch(() => '');
    for (const daemon of daemons.toReversed()) {
      const ended = new Promise((resolve) => { daemon.once('exit', resolve); });
      daemon.kill('SIGTERM');
      await Promise.race([ended, pause(10_000)]);
      daemon.kill('SIGKILL');
    }
    process.kill(Number(readFileSync(join(folder, 'munge/pid'), 'utf8')), 'SIGTERM');
  };
  for (let wait = 0; wait < 60; wait++) {
    await pause(1000);
    if ((await run('sinfo', '--noheader', '--format=%T').catch(() => '')).trim() === 'idle') return { environment, run, stop };
  }
  const logs = ['slurmctld.log', 'slurmd.log'].map((name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').slice(-1500) : `${name}: none`));
  await stop();
  throw new Error(`the node does not become idle:\n${logs.join('\n')}`);
}
