// A process that writes epochs into a run folder as fast as it can, until it is killed: node --import tsx writer.ts DIR [hold]
import { createRun, hasRun, resumeRun } from '../../src/runs/run.ts';
import { checkpoint, line, RECORD } from './record.ts';

async function write(dir: string, isHolding: boolean): Promise<void> {
  const run = (await hasRun(dir)) ? await resumeRun(dir) : await createRun(dir, RECORD);
  process.stdout.write('open\n');
  if (isHolding) await new Promise((resolve) => { setTimeout(resolve, 60_000); });
  const start = (await run.listCheckpoints()).length === 0 ? 0 : (await run.readCheckpoint('last')).state.epoch;
  await run.truncateMetrics(start);
  for (let epoch = start + 1; ; epoch++) {
    await run.appendMetrics(line(epoch));
    await run.saveCheckpoint(checkpoint(epoch), { isBest: epoch % 5 === 0 });
  }
}

void write(process.argv[2]!, process.argv[3] === 'hold');
