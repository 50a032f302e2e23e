import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type Assembly, type StackName, stacks, synthesise } from './templates.ts';

const root = path(import.meta.dirname, '..', '..');
const guide = readFileSync(path(root, 'docs/deploy.md'), 'utf8');
const folder = mkdtempSync(path(tmpdir(), 'mallway-guide-'));
let dev: Assembly;

beforeAll(async () => {
  dev = await synthesise(folder, 'dev');
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('runs only commands that exist', () => {
  const named = [...guide.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script!);
  expect(new Set(named).size).toBeGreaterThanOrEqual(4);
  expect(named.filter((script) => !(script in manifest.scripts))).toEqual([]);
  for (const script of new Set(named)) {
    const [, file] = (manifest.scripts as Record<string, string>)[script]!.split(' ');
    expect(existsSync(path(root, file!)), script).toBe(true);
  }
});

it('names files, stacks, parameters and outputs as they are', () => {
  const files = [
    ...[...guide.matchAll(/\]\(([\w.-]+\.md)\)/g)].map(([, file]) => `docs/${file}`),
    ...[...guide.matchAll(/`((?:lib|local)\/[\w./-]+)`/g)].map(([, file]) => file!),
  ];
  expect(files.filter((file) => !existsSync(path(root, file)))).toEqual([]);
  for (const [, stack, parameter] of guide.matchAll(/mallway-\$STAGE-(\w+):(\w+)=/g)) {
    expect(Object.keys(dev.template(stack as StackName).Parameters ?? {}), stack).toContain(parameter);
  }
  const mustBeGiven = stacks.flatMap((stack) =>
    Object.entries(dev.template(stack).Parameters ?? {})
      .filter(([, { Default }]) => Default === undefined)
      .map(([name]) => `mallway-$STAGE-${stack}:${name}=`),
  );
  for (const parameter of mustBeGiven) expect(guide).toContain(parameter);
  for (const output of ['PagesUrl', 'ApiUrl']) expect(Object.keys(dev.template('web').Outputs ?? {})).toContain(output);
  const order = [...guide.matchAll(/`(\w+)`(?= \(distribution|,|\.)/g)].map(([, name]) => name);
  expect(order).toEqual(expect.arrayContaining([...stacks]));
});
