import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mutants } from './mutants.ts';

/**
 * `node test/faults/hunt.ts [NAME] DAYS`: lives so many troubled days with the mutant of that name, or without any,
 * and prints one JSON line: the names of the invariants that broke on the first day on which any did, and its seed.
 * It is a process of its own, because the source of a module is changed as it is loaded.
 */
const [days = '1', name] = process.argv.slice(2).reverse();
const mutant = mutants.find((one) => one.name === name);
if (name !== undefined && !mutant) throw new Error(`There is no mutant ${name}.`);

if (mutant) {
  const file = join(import.meta.dirname, '../..', mutant.where);
  const source = readFileSync(file, 'utf8');
  if (source.split(mutant.was).length !== 2) {
    throw new Error(`${mutant.where} must hold the text of mutant "${mutant.name}" exactly once: ${mutant.was}`);
  }
  const changed = stripTypeScriptTypes(source.replace(mutant.was, () => mutant.becomes));
  registerHooks({
    load: (url, context, next) =>
      url === pathToFileURL(file).href ? { format: 'module', source: changed, shortCircuit: true } : next(url, context),
  });
}

const { troubledDay } = await import('./day.ts');
const { breachesAtEnd } = await import('../harness/invariants.ts');

/** Who is not home after this long is stuck. */
const patienceMinutes = 240;
let breaches: string[] = [];
let seed = 0;
while (breaches.length === 0 && seed < Number(days)) {
  seed += 1;
  const { world } = await troubledDay(seed, 8, patienceMinutes);
  breaches = breachesAtEnd(world);
}
const names = [...new Set(breaches.map((breach) => breach.slice(0, breach.indexOf(':'))))];
process.stdout.write(`${JSON.stringify({ names, seed, first: breaches[0] ?? null })}\n`);
process.exit(0);
