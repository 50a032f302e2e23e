import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

interface Import {
  from: string;
  to: string;
}

const files = globSync('{bin,lib,lambdas,local,web}/**/*.{ts,tsx}', { cwd: root }).filter(
  (file) => !file.startsWith('web/dist'),
);

const imports: Import[] = files.flatMap((file) => {
  const source = readFileSync(join(root, file), 'utf8');
  const specifiers = [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier!);
  return specifiers.map((specifier) => ({
    from: file,
    to: specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier,
  }));
});

/** Imports out of `from` that go where `allowed` does not permit. */
function strays(from: RegExp, allowed: RegExp): string[] {
  return imports
    .filter((one) => from.test(one.from) && !allowed.test(one.to))
    .map((one) => `${one.from} imports ${one.to}`);
}

describe('arrows point one way', () => {
  test('there is something to check', () => expect(imports.length).toBeGreaterThan(300));

  test('the domain is pure: it imports itself and nothing else', () => {
    expect(strays(/^lambdas\/domain\//, /^lambdas\/domain\//)).toEqual([]);
  });

  test('use cases know the domain, their ports and hashes', () => {
    expect(strays(/^lambdas\/application\//, /^lambdas\/(domain|application)\/|^node:crypto$/)).toEqual([]);
  });

  test('adapters know ports and SDKs, never handlers', () => {
    expect(
      strays(/^lambdas\/adapters\//, /^lambdas\/(domain|application|adapters)\/|^@aws-sdk\/|^node:(crypto|util|zlib)$/),
    ).toEqual([]);
  });

  test('neither functions nor pages know the embedded cloud or the stacks', () => {
    expect(
      imports.filter((one) => /^(lambdas|web)\//.test(one.from) && /^(local|lib|test|bin)\//.test(one.to)),
    ).toEqual([]);
  });

  test('stacks and the embedded cloud reach into nothing of the functions but the route table', () => {
    const reached = imports.filter(
      (one) => /^(lib|local)\//.test(one.from) && /^lambdas\//.test(one.to) && one.to !== 'lambdas/http/routes.ts',
    );
    expect(reached).toEqual([]);
  });

  test('the route table imports nothing', () => {
    expect(imports.filter((one) => one.from === 'lambdas/http/routes.ts')).toEqual([]);
  });
});

test('functions read no clock: business time comes in with the request', () => {
  const readers = files.filter(
    (file) => file.startsWith('lambdas/') && /Date\.now\(\)|new Date\(\)/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(readers).toEqual([]);
});

test('the domain draws no lots', () => {
  const drawers = files.filter(
    (file) =>
      file.startsWith('lambdas/domain/') && /Math\.random|randomUUID/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(drawers).toEqual([]);
});
