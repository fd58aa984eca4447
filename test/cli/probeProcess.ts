// The probe as a process: node --import tsx probeProcess.ts try WHAT
import { main } from '../../src/cli/main.ts';
import { addTry } from './probe.ts';

void main(process.argv, [addTry]).then((code) => { process.exitCode = code; });
