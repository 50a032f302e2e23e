import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { digestOf, report, rounds } from '../harness/rounds.ts';
import { temporaryFolder } from '../local/folder.ts';
import { type LongCheck, type Unit, unitsOf } from './checks.ts';
import { digestOfFiles, longRun, type UnitOutcome } from './long-run.ts';

const check = (name: string, rounds: number, step: number, isSeeded = true): LongCheck => {
  return { name, vitest: [name], rounds, step, isSeeded };
};
const checks = [check('races', 200, 100), check('kills', 50, 20), check('scenarios', 1, 1, false)];
const name = ({ check: of, seed, rounds }: Unit) => `${of.name} ${seed}+${rounds}`;
const ok = async (unit: Unit): Promise<UnitOutcome> => {
  return { verdict: 'ok', digest: digestOf(name(unit)), wallSeconds: 1 };
};

test('every seed brings rounds of its own, in steps', () => {
  expect(unitsOf(checks, 2).map(name)).toEqual([
    ...['races 1+100', 'races 101+100', 'races 201+100', 'races 301+100'],
    ...['kills 1+20', 'kills 21+20', 'kills 41+20', 'kills 61+20', 'kills 81+20'],
    'scenarios 1+1',
  ]);
});

test('a run that is killed goes on where it was, and ends with the digest of one that was not', async () => {
  const folder = temporaryFolder();
  const units = unitsOf(checks, 1);
  const stateFile = join(folder, 'state', 'done.json');
  const options = { units, stateFile, sources: 'a', onResult: () => {} };
  const undisturbed = await longRun({ ...options, stateFile: join(folder, 'other.json'), run: ok });
  const killed = longRun({
    ...options,
    run: async (unit) => (name(unit) === 'kills 1+20' ? Promise.reject(new Error('killed')) : ok(unit)),
  });
  await expect(killed).rejects.toThrow('killed');
  const ran: string[] = [];
  const run = (unit: Unit) => {
    ran.push(name(unit));
    return ok(unit);
  };
  expect(await longRun({ ...options, run })).toEqual(undisturbed);
  expect(ran).toEqual(['kills 1+20', 'kills 21+20', 'kills 41+10', 'scenarios 1+1']);
  expect(existsSync(stateFile), 'the next run begins anew').toBe(false);
});

test('what failed is tried again, what passed is not, and other sources count anew', async () => {
  const units = unitsOf(checks, 1);
  const stateFile = join(temporaryFolder(), 'done.json');
  const failing = async (unit: Unit): Promise<UnitOutcome> =>
    unit.seed === 21 ? { verdict: 'failed', digest: '', wallSeconds: 1, said: 'why' } : ok(unit);
  const told: [string, boolean, string | undefined][] = [];
  const options = { units, stateFile, sources: 'a' };
  const summary = await longRun({
    ...options,
    run: failing,
    onResult: ({ seed, isKept, said }) => told.push([String(seed), isKept, said]),
  });
  expect(summary).toMatchObject({ ok: false, units: 6, failed: 1, skipped: 0 });
  expect(told[3]).toEqual(['21', false, 'why']);
  const ran: string[] = [];
  const run = (unit: Unit) => {
    ran.push(name(unit));
    return failing(unit);
  };
  await longRun({ ...options, run, onResult: () => {} });
  expect(ran).toEqual(['kills 21+20']);
  await longRun({ ...options, sources: 'b', run, onResult: () => {} });
  expect(ran).toHaveLength(7);
});

test('a digest of files changes with each of them, not with their order', () => {
  const folder = temporaryFolder();
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  writeFileSync(one, 'a');
  writeFileSync(two, 'b');
  const before = digestOfFiles([one, two]);
  expect(digestOfFiles([two, one])).toBe(before);
  writeFileSync(two, 'c');
  expect(digestOfFiles([one, two])).not.toBe(before);
});

test('a digest of outcomes is one of what they say, whatever the order of their keys', () => {
  expect(digestOf({ a: 1, b: [2, { d: 4, c: 3 }] })).toBe(digestOf({ b: [2, { c: 3, d: 4 }], a: 1 }));
  expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: 2 }));
  expect(digestOf(new Map([['a', 1]]))).toBe(digestOf({ a: 1 }));
});

test('rounds come from the environment, and outcomes go to the file it names', () => {
  const file = join(temporaryFolder(), 'report.jsonl');
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('SEED', '7');
  vi.stubEnv('ROUNDS', '');
  expect(rounds(25)).toEqual({ seed: 7, rounds: 25 });
  vi.stubEnv('ROUNDS', '200');
  expect(rounds(25)).toEqual({ seed: 7, rounds: 200 });
  vi.stubEnv('LONG_REPORT', file);
  report('a race', rounds(25), ['first', 'second']);
  report('another', rounds(25), []);
  const [line] = readFileSync(file, 'utf8').trim().split('\n');
  expect(JSON.parse(line!)).toEqual({ check: 'a race', seed: 7, rounds: 200, digest: digestOf(['first', 'second']) });
  vi.stubEnv('ROUNDS', 'many');
  expect(() => rounds(25)).toThrow('ROUNDS=many must be a whole number of at least 1.');
});
