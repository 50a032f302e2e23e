import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { aligned, runCommand } from '../../local/command.ts';
import { digestOf, type RoundsReport } from '../harness/rounds.ts';
import { longChecks, type Unit, unitsOf } from './checks.ts';
import { digestOfFiles, longRun, type Summary, type UnitOutcome, type UnitResult } from './long-run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const stateDirectory = join(root, 'node_modules/.cache/mallway-long');
const digestShown = 12;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const usage = `npm run test:long [-- options]

Runs the seeded checks at their full length. A run that was ended goes on where it was, as long as no source changed.

  --seeds <n>     times the full figures, each with seeds of its own     (1)
  --only <name>   one of ${longChecks.map(({ name }) => name).join(', ')}; may be given several times
  --state <dir>   where it is kept what is done                          (node_modules/.cache/mallway-long)
  --fresh         forget what is done
  --json          a line of JSON for each part, and one at the end

${aligned(longChecks.map(({ name, rounds, vitest, node }) => [`  ${name}`, `${rounds} rounds`, (vitest ?? node ?? []).join(' ')]))}`;

await runCommand(usage, async () => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1' },
      only: { type: 'string', multiple: true, default: [] },
      state: { type: 'string', default: stateDirectory },
      fresh: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { usage: true };
  const seeds = Number(values.seeds);
  if (!Number.isSafeInteger(seeds) || seeds < 1)
    throw new Error(`--seeds ${values.seeds} is no number of seeds: give 1 or more.`);
  const unknown = values.only.find((name) => !longChecks.some((check) => check.name === name));
  if (unknown !== undefined) throw new Error(`There is no long check ${unknown}; see --help.`);
  const checks = longChecks.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
  const stateFile = join(resolve(values.state), 'done.json');
  if (values.fresh) rmSync(stateFile, { force: true });

  const started = performance.now();
  const units = unitsOf(checks, seeds);
  const summary = await longRun({
    units,
    stateFile,
    sources: digestOfSources(),
    run: runUnit,
    onResult: (result) => tell(result, values.json),
  });
  tellEnd(summary, { seeds, wallSeconds: (performance.now() - started) / 1000 }, values.json);
  if (!summary.ok) process.exitCode = 1;
  return;
});

function digestOfSources(): string {
  const files = globSync(['{bin,lambdas,lib,local,test,web}/**/*.{ts,tsx,mjs,json}', 'package-lock.json', 'cdk.json'], {
    cwd: root,
    exclude: ['web/dist/**'],
  });
  return digestOfFiles(files.map((file) => join(root, file)));
}

async function runUnit({ check, seed, rounds }: Unit): Promise<UnitOutcome> {
  if (check.needs && !existsSync(resolve(root, check.needs))) {
    return {
      verdict: 'skipped',
      digest: digestOf([]),
      wallSeconds: 0,
      said: `There is no ${check.needs}; set MALLWAY_BENCHMARKS.`,
    };
  }
  const folder = mkdtempSync(join(tmpdir(), 'mallway-long-'));
  const reportFile = join(folder, 'report.jsonl');
  const args = check.vitest ? [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...check.vitest] : check.node!;
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SEED: String(seed), ROUNDS: String(rounds), LONG_REPORT: reportFile },
  });
  const said: string[] = [];
  const answered: string[] = [];
  child.stdout.on('data', (chunk) => {
    said.push(String(chunk));
    answered.push(String(chunk));
  });
  child.stderr.on('data', (chunk) => said.push(String(chunk)));
  const code = await ended(child);
  // The run is over, and this unit is not done.
  if (code === 'interrupted') throw new Error(`Ended; npm run test:long goes on with ${check.name}, seed ${seed}.`);
  const reported = check.vitest ? reportsIn(reportFile) : answersIn(answered.join(''));
  rmSync(folder, { recursive: true, force: true });
  const again = `SEED=${seed} ROUNDS=${rounds} ${check.vitest ? 'npx vitest run' : 'node'} ${(check.vitest ?? args).join(' ')}`;
  return {
    verdict: code !== 0 ? 'failed' : reported.length > 0 ? 'ok' : 'skipped',
    digest: digestOf(reported.sort()),
    wallSeconds: (performance.now() - started) / 1000,
    ...(code !== 0 && { said: `${said.join('').trim()}\n\nAgain: ${again}` }),
  };
}

/** The exit code, or that a signal to it or to us ended it before its end. */
async function ended(child: ChildProcess): Promise<number | 'interrupted'> {
  let isInterrupted = false;
  const interrupt = () => {
    isInterrupted = true;
    child.kill('SIGTERM');
  };
  for (const signal of signals) process.on(signal, interrupt);
  const code = await new Promise<number | null>((end) => child.once('close', end));
  for (const signal of signals) process.off(signal, interrupt);
  return isInterrupted || code === null ? 'interrupted' : code;
}

function reportsIn(file: string): string[] {
  const lines = globSync(file).flatMap((found) => linesIn(readFileSync(found, 'utf8')));
  return lines.map((line) => {
    const { check, seed, rounds, digest } = JSON.parse(line) as RoundsReport;
    return `${check} ${seed} ${rounds} ${digest}`;
  });
}

/** What a command answered with --json; where it has a digest of its own, that stands for it. */
function answersIn(text: string): string[] {
  return linesIn(text).map((line) => (JSON.parse(line) as { digest?: string }).digest ?? line);
}

function linesIn(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('{'));
}

function tell({ name, seed, rounds, verdict, digest, wallSeconds, isKept, said }: UnitResult, json: boolean): void {
  if (json) {
    const ok = verdict === 'ok';
    const line = { name, seed, rounds, ok, verdict, digest, wallSeconds: Math.round(wallSeconds), isKept };
    process.stdout.write(`${JSON.stringify({ ...line, ...(said !== undefined && { said }) })}\n`);
    return;
  }
  const color = { ok: 32, failed: 31, skipped: 33 }[verdict];
  const shown = process.stdout.isTTY ? `\u001b[${color}m${verdict}\u001b[0m` : verdict;
  const cells = [
    name.padEnd(12),
    `seed ${seed}`.padEnd(12),
    `${rounds} rounds`.padEnd(14),
    shown + ' '.repeat(9 - verdict.length),
    digest.slice(0, digestShown),
    `${wallSeconds.toFixed(0)} s`.padStart(7),
    ...(isKept ? ['done before'] : []),
  ];
  process.stdout.write(`${said === undefined ? '' : `${said}\n`}${cells.join('  ')}\n`);
}

function tellEnd(
  summary: Summary,
  { seeds, wallSeconds }: { seeds: number; wallSeconds: number },
  json: boolean,
): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...summary, seeds, wallSeconds: Math.round(wallSeconds) })}\n`);
    return;
  }
  const { ok, units, failed, skipped, digest } = summary;
  const parts = [
    ok ? 'all ok' : `${failed} of ${units} failed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    `seeds ${seeds}`,
    `digest ${digest}`,
    `${wallSeconds.toFixed(0)} s`,
  ];
  process.stdout.write(`\n${parts.join(', ')}\n`);
}
