import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deployment } from '../../local/assembly/deployment.ts';
import { type Grant, grantsOf, missedBy, RequestRecord } from '../../local/iam/grants.ts';
import { policiesOf } from '../../local/iam/template-policies.ts';
import { sharedAssembly } from '../assembly.ts';
import { tour } from './iam-tour.ts';
import { hasEngine } from './with-engine.ts';

describe.skipIf(!hasEngine)('every grant of the stacks', () => {
  const record = new RequestRecord();
  let folder: string;
  let violations: string[];
  let deployment: Deployment;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mallway-grants-'));
    const assemblyDirectory = await sharedAssembly();
    deployment = new Deployment({
      directory: assemblyDirectory,
      parameters: { PublicUrl: 'http://localhost:1' },
      urls: { services: 'http://localhost:2', api: 'http://localhost:3', pages: 'http://localhost:1' },
    });
    violations = await tour({ assemblyDirectory, dataDirectory: join(folder, 'data'), onRequest: record.add });
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('is enough: nothing that anybody does is denied', () => {
    expect(violations).toEqual([]);
  });

  it('is used; without it the calls that use it are denied, which names who, what and on which resource', () => {
    const policies = policiesOf(deployment);
    const grants = grantsOf(policies);
    const idle: Grant[] = [];
    for (const grant of grants) {
      // The front port reads the pages from the assembly, not from their bucket.
      if (grant.resource.includes(':s3:::mallway-dev-pages-')) continue;
      const denials = missedBy(grant, record.requests, policies);
      if (denials.length === 0) idle.push(grant);
      for (const { request, message } of denials) {
        const { principal, action, resource } = request;
        const who = 'role' in principal ? principal.role : principal.service;
        for (const named of [who, action, resource]) expect(message).toContain(named);
        if (grant.kind === 'role') expect(who).toBe(grant.holder);
      }
    }
    expect(idle.map(({ statement, holder, action, resource }) => [statement.origin, holder, action, resource])).toEqual(
      [],
    );
    expect(grants.length).toBeGreaterThan(150);
  });

  it('is of a role that has work: each of them made calls', () => {
    const callers = new Set(record.requests.map(({ principal }) => 'role' in principal && principal.role));
    const roles = deployment.ofType('AWS::IAM::Role').map((role) => deployment.attribute(role, 'Arn'));
    expect(roles.filter((role) => !callers.has(role))).toEqual([]);
  });
});
