import { expect } from 'vitest';
import type { Answer } from './world.ts';

/** A refusal that a caller can act on: a problem document with its code, what is, and the mend. */
export function expectProblem(answer: Answer, what: string): void {
  expect(answer.status, `${what}: ${answer.text}`).toBeGreaterThanOrEqual(400);
  expect(answer.status, `${what}: ${answer.text}`).toBeLessThan(500);
  expect(answer.headers.get('content-type'), `${what}: ${answer.text}`).toBe('application/problem+json');
  expect(answer.headers.get('cache-control'), what).toBe('no-store');
  expect(answer.body, what).toMatchObject({
    type: `urn:mallway:problem:${answer.body.code}`,
    status: answer.status,
    code: expect.stringMatching(/^[a-z_]+$/),
    title: expect.stringMatching(/./),
    detail: expect.stringMatching(/./),
    mend: expect.stringMatching(/./),
    requestId: answer.headers.get('x-request-id'),
  });
  for (const { pointer, detail } of answer.body.errors ?? []) {
    expect(pointer, what).toMatch(/^(\/|$)/);
    expect(detail, what).not.toBe('');
  }
  if (answer.body.code === 'invalid_request') expect(answer.body.errors.length, what).toBeGreaterThan(0);
}
