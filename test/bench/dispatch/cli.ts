import { statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { benchmarkFolder, instanceNames } from './instance.ts';
import { plotClickToDoor } from './plot.ts';
import { asText, summarise } from './report.ts';
import type { Job, Result } from './run-instance.ts';

const usage = `npm run bench:dispatch -- --instances FOLDER [options]
  --instances FOLDER   one folder per instance (github grubhub/mdrplib, public_instances); or MALLWAY_BENCHMARKS
  --only GLOB          instances by name, several globs with commas: --only '0o50*,1o50t100s1p100'
  --strict             without anticipatory moves
  --dispatcher NAME    planner (default) or nearest-idle
  --check              re-derive every figure from the solution files, with other code
  --solutions DIR      write the library's three solution files per instance
  --plot FILE          write an SVG of click-to-door by instance
  --json               one JSON document instead of the table
  --workers N          threads (default: all cores)
  --seed N             seed of the search (default 1)`;

const { values } = parseArgs({
  options: {
    instances: { type: 'string' },
    only: { type: 'string', default: '*' },
    strict: { type: 'boolean', default: false },
    dispatcher: { type: 'string', default: 'planner' },
    check: { type: 'boolean', default: false },
    solutions: { type: 'string' },
    plot: { type: 'string' },
    json: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(availableParallelism()) },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) end(usage, 0);
const folder = benchmarkFolder(values.instances);
if (!folder)
  end(`No instances found. The library is not part of this repository (it carries no licence).\n\n${usage}`, 2);
if (values.dispatcher !== 'planner' && values.dispatcher !== 'nearest-idle') end(usage, 2);
const names = instanceNames(folder, values.only);
if (names.length === 0) end(`No instance in ${folder} matches ${values.only}.`, 2);

const jobs: Job[] = names.map((name) => ({
  folder,
  name,
  dispatcher: values.dispatcher as Job['dispatcher'],
  strict: values.strict,
  check: values.check,
  solutions: values.solutions ?? null,
  seed: Number(values.seed),
}));
const results = await runAll(jobs, Number(values.workers));
const summary = summarise(results);
if (values.plot) writeFileSync(values.plot, plotClickToDoor(results));
console.log(values.json ? JSON.stringify(summary, null, 1) : asText(summary));
process.exitCode = summary.violations > 0 ? 1 : 0;

/** The long ones first, so that no worker is left with one of them at the end. */
async function runAll(all: Job[], workers: number): Promise<Result[]> {
  const size = ({ folder: at, name }: Job) => statSync(join(at, name, 'orders.txt')).size;
  const waiting = all.toSorted((a, b) => size(b) - size(a));
  const done: Result[] = [];
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(workers, all.length) }, async () => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url));
      for (let job = waiting.shift(); job; job = waiting.shift()) {
        const answer = new Promise<Result>((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
        });
        worker.postMessage(job);
        const result = await answer;
        worker.removeAllListeners('error');
        done.push(result);
        const seconds = ((performance.now() - begun) / 1000).toFixed(0);
        process.stderr.write(
          `${done.length}/${all.length} ${seconds} s ${result.name} CtD ${result.metrics.ctd.toFixed(2)} ` +
            `undelivered ${result.metrics.undelivered.toFixed(2)} % tick p95 ${result.tick.p95.toFixed(1)} ms\n`,
        );
      }
      await worker.terminate();
    }),
  );
  return done.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function end(message: string, code: number): never {
  (code === 0 ? console.log : console.error)(message);
  process.exit(code);
}
