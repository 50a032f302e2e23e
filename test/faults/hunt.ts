import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dispatchMutants } from './dispatch-mutants.ts';
import { mutants } from './mutants.ts';

/**
 * `node test/faults/hunt.ts [NAME] DAYS`: lives so many troubled days with the mutant of that name, or without any, or
 * so many rounds of dispatch with one of its mutants, and prints one JSON line: the names of the invariants that broke
 * on the first day on which any did, and its seed. It is a process of its own, because the source of a module is
 * changed as it is loaded.
 */
const [days = '1', name] = process.argv.slice(2).reverse();
const ofDispatch = dispatchMutants.find((one) => one.name === name);
const mutant = ofDispatch ?? mutants.find((one) => one.name === name);
if (name !== undefined && !mutant) throw new Error(`There is no mutant ${name}.`);

const sources = new Map<string, string>();
for (const { where, was, becomes } of mutant?.changes ?? []) {
  const file = join(import.meta.dirname, '../..', where);
  const url = pathToFileURL(file).href;
  const source = sources.get(url) ?? readFileSync(file, 'utf8');
  if (source.split(was).length !== 2) {
    throw new Error(`${where} must hold this text of mutant "${name}" exactly once: ${was}`);
  }
  sources.set(
    url,
    source.replace(was, () => becomes),
  );
}
registerHooks({
  load: (url, context, next) => {
    const changed = sources.get(url);
    return changed === undefined
      ? next(url, context)
      : { format: 'module', source: stripTypeScriptTypes(changed), shortCircuit: true };
  },
});

/** Who is not home after this long is stuck. */
const patienceMinutes = 240;

type Life = (seed: number) => Promise<string[]>;

async function lifeOfDispatch(): Promise<Life> {
  const { dispatchRound } = await import('./dispatch-round.ts');
  return async (seed) => (await dispatchRound(seed)).breaches;
}

async function lifeOfEverybody(): Promise<Life> {
  const { breachesOfDay, troubledDay } = await import('./day.ts');
  return (seed) => troubledDay(seed, 8, { mostMinutes: patienceMinutes, stopsAtBreach: true }).then(breachesOfDay);
}

const live = await (ofDispatch ? lifeOfDispatch() : lifeOfEverybody());
let breaches: string[] = [];
const first = mutant?.from ?? 1;
let seed = first - 1;
while (breaches.length === 0 && seed < first + Number(days) - 1) {
  seed += 1;
  breaches = await live(seed).catch((error: Error) => [`no surprises: ${error.stack}`]);
}
const names = [...new Set(breaches.map((breach) => breach.slice(0, breach.indexOf(':'))))];
process.stdout.write(`${JSON.stringify({ names, seed, first: breaches[0] ?? null })}\n`);
process.exit(0);
