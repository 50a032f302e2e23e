import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { answerBreaches } from '../lambdas/http/answers.ts';
import type { Exchange } from '../local/actors/api-client.ts';
import { aligned, runCommand } from '../local/command.ts';
import { playScenario, type ScenarioOutcome } from '../local/scenario/play.ts';
import { type Scenario, scenarios } from '../local/scenario/scenarios.ts';
import { synthesise } from '../local/synthesise.ts';

const usage = `npm run scenario -- <name>...|--all [--faults SEED] [--json] [--verbose] [--data-dir DIR]

Plays a scenario in an embedded cloud of its own, through the public API and the control port, and checks what must
hold of every order and that every answer is as the OpenAPI document says. Exits 1 on a violation. --data-dir keeps what it did; --verbose shows reads as well.
--faults lets services, functions and streams fail now and then: an order may then end otherwise than the scenario has
it, which is reported; what must hold of every order must still hold.

${aligned(scenarios.map(({ name, about }) => [`  ${name}`, about]))}`;

await runCommand(usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      faults: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || (positionals.length === 0 && !values.all)) return { usage: values.help };
  const faults = values.faults === undefined ? undefined : Number(values.faults);
  if (faults !== undefined && !Number.isSafeInteger(faults))
    throw new Error('--faults takes a whole number: the seed.');
  const wanted = values.all ? scenarios : positionals.map(named);
  const folder = values['data-dir'] ? resolve(values['data-dir']) : await mkdtemp(join(tmpdir(), 'mallway-scenario-'));
  try {
    const assemblyDirectory = join(folder, 'cdk.out');
    await synthesise(assemblyDirectory);
    for (const scenario of wanted) {
      if (!values.json) process.stdout.write(`\n${scenario.name}: ${scenario.about}\n`);
      const undocumented = new Set<string>();
      const played = await playScenario(scenario, {
        assemblyDirectory,
        dataDirectory: join(folder, `${scenario.name}-${process.pid}`),
        faults,
        onExchange: (exchange, now) => {
          const { method, path, status, body } = exchange;
          for (const breach of answerBreaches(method, path, status, body)) undocumented.add(breach);
          if (!values.json) print(exchange, now, values.verbose);
        },
      });
      const violations = [...played.violations, ...undocumented];
      const outcome = { ...played, violations, ok: violations.length === 0 };
      report(outcome, values.json);
      if (!outcome.ok) process.exitCode = 1;
    }
  } finally {
    if (!values['data-dir']) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return;
});

function named(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario) return scenario;
  throw new Error(`There is no scenario ${name}; there are ${scenarios.map((known) => known.name).join(', ')}.`);
}

function print({ actor, method, path, status, wallMs }: Exchange, now: number, verbose: boolean): void {
  if (method === 'GET' && status < 400 && !verbose) return;
  const at = new Date(now).toISOString().slice(11, 19);
  process.stdout.write(`  ${at}  ${actor.padEnd(24)} ${method.padEnd(4)} ${path}  ${status}  ${wallMs} ms\n`);
}

function report(outcome: ScenarioOutcome, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
    return;
  }
  const color = (code: number, text: string) => (process.stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text);
  const verdict = outcome.ok ? color(32, 'holds') : color(31, 'VIOLATED');
  process.stdout.write(`${outcome.name}: ${verdict}\n${outcome.violations.map((breach) => `  ${breach}\n`).join('')}`);
}
