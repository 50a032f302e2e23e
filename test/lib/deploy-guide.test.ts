import { existsSync, readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type Assembly, assemblyOf, type StackName, stacks } from './templates.ts';

const root = path(import.meta.dirname, '..', '..');
const guide = readFileSync(path(root, 'docs/deploy.md'), 'utf8');
let dev: Assembly;

beforeAll(async () => {
  dev = await assemblyOf('dev');
}, 240_000);

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
