import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LogFiles } from '../../../local/lambda/log-files.ts';
import { lambdaService } from '../../../local/lambda/service.ts';
import type { ServiceRequest } from '../../../local/services.ts';
import { type RunningHost, registrationOf, removeAssets, startHost } from './functions.ts';

let running: RunningHost;
beforeAll(async () => {
  running = await startHost();
  running.host.register(
    registrationOf(
      'Greet',
      `export const handler = async ({ name }) => { if (!name) throw new TypeError('nobody'); return 'Hello ' + name; };`,
    ),
  );
});
afterAll(async () => {
  await running.host.close();
  removeAssets();
});

function invoke(functionName: string, body: string, headers: Record<string, string> = {}) {
  const request: ServiceRequest = {
    service: 'lambda',
    caller: { role: 'operator', accessKeyId: 'AKID' },
    method: 'POST',
    path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
    query: new URLSearchParams(),
    headers,
    body: Buffer.from(body),
  };
  return lambdaService(running.host)(request);
}

test('Invoke answers the payload', async () => {
  const arn = 'arn:aws:lambda:us-east-1:111122223333:function:Greet';
  const response = await invoke(arn, '{"name":"Ada"}');
  expect(response).toMatchObject({
    status: 200,
    headers: { 'x-amz-executed-version': '$LATEST' },
    body: '"Hello Ada"',
  });
  expect(response.headers).not.toHaveProperty('x-amz-function-error');
});

test('a failing function is 200 with X-Amz-Function-Error', async () => {
  const response = await invoke('Greet', '{}');
  expect(response).toMatchObject({ status: 200, headers: { 'x-amz-function-error': 'Unhandled' } });
  expect(JSON.parse(String(response.body))).toMatchObject({ errorType: 'TypeError', errorMessage: 'nobody' });
});

test('Event is accepted and run later', async () => {
  const before = running.counts['lambda.request'] ?? 0;
  expect(await invoke('Greet', '{"name":"Bo"}', { 'x-amz-invocation-type': 'Event' })).toMatchObject({ status: 202 });
  await running.clock.settled();
  expect(running.counts['lambda.request']).toBe(before + 1);
});

test.each([
  ['an unknown function', 'Nobody', '{}', {}, 404, 'ResourceNotFoundException'],
  ['a body that is not JSON', 'Greet', '{', {}, 400, 'InvalidRequestContentException'],
  [
    'an event above 1 MiB',
    'Greet',
    `"${'x'.repeat(1_048_577)}"`,
    { 'x-amz-invocation-type': 'Event' },
    413,
    'RequestTooLargeException',
  ],
  ['a client context', 'Greet', '{}', { 'x-amz-client-context': 'e30=' }, 400, 'InvalidParameterValueException'],
] as const)('refuses %s', async (_, name, body, headers, status, type) => {
  expect(await invoke(name, body, headers)).toMatchObject({ status, headers: { 'x-amzn-errortype': type } });
});

test('log lines go to a file per function, the full file is set aside', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'logs-'));
  const logs = new LogFiles(directory, 20);
  logs.sink('Greet', 'r-1', 'a line of some length');
  logs.sink('Relay', undefined, 'short');
  await logs.close();
  const again = new LogFiles(directory, 20);
  again.sink('Greet', 'r-2', 'next');
  again.sink('Greet', 'r-3', 'after');
  await again.close();
  expect(readFileSync(path.join(directory, 'logs/Relay.log'), 'utf8')).toBe('- short\n');
  expect(readFileSync(path.join(directory, 'logs/Greet.log'), 'utf8')).toContain('r-3 after\n');
  await rm(directory, { recursive: true });
});
