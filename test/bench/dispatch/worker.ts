import { parentPort } from 'node:worker_threads';
import { type Job, runInstance } from './run-instance.ts';

parentPort!.on('message', (job: Job) => parentPort!.postMessage(runInstance(job)));
