import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { LambdaHost } from '../../../local/lambda/host.ts';
import { functionNameOf } from '../../../local/lambda/registration.ts';
import { asset, eventually, isRunning, registrationOf, removeAssets, startHost } from './functions.ts';

const hosts: LambdaHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});
afterAll(removeAssets);

async function start(...args: Parameters<typeof startHost>) {
  const running = await startHost(...args);
  hosts.push(running.host);
  return running;
}

test('runs the bundle with the event and the context of Lambda, and keeps its process between invocations', async () => {
  const { host, counts, lines } = await start();
  host.register(
    registrationOf(
      'Echo',
      `let calls = 0;
       export const handler = async (event, context) => {
         console.log('call', ++calls);
         return { event, calls, name: context.functionName, arn: context.invokedFunctionArn, id: context.awsRequestId,
           memory: context.memoryLimitInMB, group: context.logGroupName, remaining: context.getRemainingTimeInMillis(), pid: process.pid };
       };`,
    ),
  );
  const first = await host.invoke('Echo', { order: 7 });
  // A line belongs to the invocation during which the host read it; the pipe may lag behind the answer.
  await eventually(() => lines.length === 2);
  const second = await host.invoke('arn:aws:lambda:us-east-1:111122223333:function:Echo:live', { order: 8 });
  if (!first.ok || !second.ok) throw new Error(JSON.stringify([first, second]));
  const [one, two] = [first.payload, second.payload] as Record<string, unknown>[];
  expect(one).toMatchObject({
    event: { order: 7 },
    calls: 1,
    name: 'Echo',
    arn: 'arn:aws:lambda:us-east-1:111122223333:function:Echo',
    memory: '128',
    group: '/aws/lambda/Echo',
  });
  expect(one?.remaining).toBeGreaterThan(9_000);
  expect(two).toMatchObject({ event: { order: 8 }, calls: 2, pid: one?.pid });
  expect(counts['lambda.request']).toBe(2);
  expect(counts['lambda.init']).toBe(1);
  expect(counts['lambda.gbSecond']).toBeGreaterThan(0);
  // What Lambda itself logs: 265 to 280 bytes an invocation, 180 more for a cold start.
  expect(counts['logs.gb']! * 1e9).toBeGreaterThan(2 * 250 + 150);
  expect(counts['logs.gb']! * 1e9).toBeLessThan(2 * 300 + 250);
  await eventually(() => lines.length === 3);
  expect(lines[0]).toMatchObject({ functionName: 'Echo', line: 'INIT_START Runtime Version: nodejs24.x' });
  expect(lines[1]).toMatchObject({ functionName: 'Echo', line: 'call 1' });
});

test('gives the function the variables of AWS and none of this process', async () => {
  process.env.SECRET_OF_THE_HOST = 'leak';
  const { host } = await start({ endpointUrl: 'http://localhost:9' });
  host.register(
    registrationOf('Env', 'export const handler = async () => process.env;', {
      environment: { ORDERS_TABLE: 'orders' },
    }),
  );
  const outcome = await host.invoke('Env', {});
  delete process.env.SECRET_OF_THE_HOST;
  if (!outcome.ok) throw new Error(outcome.errorMessage);
  expect(outcome.payload).toMatchObject({
    ORDERS_TABLE: 'orders',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIDTEST',
    AWS_ENDPOINT_URL: 'http://localhost:9',
    AWS_LAMBDA_FUNCTION_NAME: 'Env',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    _HANDLER: 'index.handler',
    TZ: 'UTC',
  });
  expect(outcome.payload).not.toHaveProperty('SECRET_OF_THE_HOST');
  expect(outcome.payload).not.toHaveProperty('HOME');
});

test('a function that is updated serves with its new settings; what is at work ends with the old ones', async () => {
  const { host, lines } = await start();
  const source = `import { existsSync } from 'node:fs';
    export async function handler({ until }) {
      console.log('at work');
      while (until && !existsSync(until)) await new Promise((resolve) => setTimeout(resolve, 20));
      return process.env.KEY;
    }`;
  const settings = (KEY: string) => registrationOf('Guard', source, { environment: { KEY } });
  const go = join(asset(''), 'go');
  host.register(settings('old'));
  expect(await host.invoke('Guard', {})).toMatchObject({ payload: 'old' });
  const atWork = host.invoke('Guard', { until: go });
  await eventually(() => lines.filter(({ line }) => line === 'at work').length === 2);
  host.update(settings('new'));
  expect(await host.invoke('Guard', {})).toMatchObject({ payload: 'new' });
  writeFileSync(go, '');
  expect(await atWork).toMatchObject({ payload: 'old' });
  expect(await host.invoke('Guard', {})).toMatchObject({ payload: 'new' });
  await eventually(() => host.processes().length === 1);
  expect(() => host.update(registrationOf('Nobody', source))).toThrow('There is no function Nobody.');
});

test('keeps type, message and trace of an error, and the process with it', async () => {
  const { host } = await start();
  host.register(
    registrationOf(
      'Fails',
      `class OfferChanged extends Error { name = 'OfferChanged'; }
       export async function handler(event) { if (event.fail) throw new OfferChanged('too late'); return process.pid; }`,
    ),
  );
  const before = await host.invoke('Fails', {});
  const outcome = await host.invoke('Fails', { fail: true });
  expect(outcome).toMatchObject({ ok: false, errorType: 'OfferChanged', errorMessage: 'too late' });
  if (!outcome.ok) expect(outcome.trace?.[0]).toContain('too late');
  expect(await host.invoke('Fails', {})).toEqual(before);
});

test.each([
  ['a module that throws', `throw new TypeError('no table');`, 'index.handler', 'TypeError', 'no table'],
  [
    'a missing export',
    'export const other = 1;',
    'index.handler',
    'Runtime.HandlerNotFound',
    'index.handler is undefined',
  ],
  [
    'a missing module',
    'export const handler = 1;',
    'main.handler',
    'Runtime.ImportModuleError',
    `Cannot find module 'main'`,
  ],
  [
    'a missing dependency',
    `import 'not-bundled'; export const handler = 1;`,
    'index.handler',
    'Runtime.ImportModuleError',
    'not-bundled',
  ],
  ['bad syntax', 'export const = 1;', 'index.handler', 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
  [
    'a callback handler',
    'export const handler = (event, context, callback) => callback();',
    'index.handler',
    'Runtime.CallbackHandlerDeprecated',
    'Node.js 24',
  ],
  ['an exit while loading', 'process.exit(3);', 'index.handler', 'Runtime.ExitError', 'exit status 3'],
])('reports %s as Lambda does', async (_, source, handler, errorType, message) => {
  const { host } = await start();
  host.register(registrationOf('Broken', source, { handler }));
  const outcome = await host.invoke('Broken', {});
  expect(outcome).toMatchObject({ ok: false, errorType, errorMessage: expect.stringContaining(message) });
});

test('kills a function at its timeout and starts a new process for the next one', async () => {
  const { host, lines } = await start();
  host.register(
    registrationOf('Slow', 'export const handler = (event) => event.hang ? new Promise(() => {}) : process.pid;', {
      timeoutSeconds: 1,
    }),
  );
  const before = await host.invoke('Slow', {});
  const outcome = await host.invoke('Slow', { hang: true });
  expect(outcome).toMatchObject({ ok: false, errorType: 'Sandbox.Timedout' });
  if (outcome.ok) throw new Error('It ended in time.');
  expect(outcome.errorMessage).toMatch(/^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/);
  expect(lines.at(-1)?.line).toBe(outcome.errorMessage);
  const after = await host.invoke('Slow', {});
  expect(after).toMatchObject({ ok: true });
  expect(after).not.toEqual(before);
});

test('a crash ends its own invocation only', async () => {
  const { host } = await start();
  host.register(
    registrationOf(
      'Crash',
      `export const handler = async ({ how }) => {
         if (how === 'exit') process.exit(7);
         if (how === 'throw') { setImmediate(() => { throw new RangeError('late'); }); await new Promise(() => {}); }
         if (how === 'reject') { Promise.reject(new Error('forgotten')); await new Promise(() => {}); }
         return 'well';
       };`,
    ),
  );
  const outcomes = await Promise.all(['exit', 'throw', 'reject', 'none'].map((how) => host.invoke('Crash', { how })));
  expect(outcomes).toMatchObject([
    { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 7') },
    { errorType: 'RangeError', errorMessage: 'late' },
    { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'forgotten' },
    { ok: true, payload: 'well' },
  ]);
});

test('one process per concurrent invocation; the excess waits, then is refused', async () => {
  const patient = await start({ concurrency: 2, queueWaitMs: 30_000 });
  const source = `let busy = false;
    export const handler = async ({ ms }) => {
      if (busy) throw new Error('two at once');
      busy = true;
      await new Promise((resolve) => setTimeout(resolve, ms));
      busy = false;
      return process.pid;
    };`;
  patient.host.register(registrationOf('Work', source));
  const short = await Promise.all([1, 2, 3, 4].map(() => patient.host.invoke('Work', { ms: 20 })));
  expect(short.every(({ ok }) => ok)).toBe(true);
  expect(new Set(short.map((outcome) => outcome.ok && outcome.payload)).size).toBe(2);
  const hasty = await start({ concurrency: 2, queueWaitMs: 50 });
  hasty.host.register(registrationOf('Work', source));
  const long = await Promise.all([1, 2, 3].map(() => hasty.host.invoke('Work', { ms: 600 })));
  expect(long).toMatchObject([{ ok: true }, { ok: true }, { ok: false, errorType: 'TooManyRequestsException' }]);
});

test('reaps idle processes, and makes room when there are too many', async () => {
  const { host } = await start({ idleMs: 30, environments: 2, concurrency: 2 });
  for (const name of ['A', 'B', 'C']) host.register(registrationOf(name, 'export const handler = async () => 1;'));
  await host.invoke('A', {});
  await eventually(() => host.processes().length === 0);
  const roomy = await start({ environments: 2, concurrency: 2 });
  for (const name of ['A', 'B', 'C']) {
    roomy.host.register(registrationOf(name, 'export const handler = async () => 1;'));
    await roomy.host.invoke(name, {});
  }
  expect(roomy.host.processes().map(({ functionName }) => functionName)).toEqual(['B', 'C']);
});

test('room is made by the second idle process of a function before the only one of another', async () => {
  const { host } = await start({ environments: 3, concurrency: 3 });
  const slow = 'export const handler = () => new Promise((done) => setTimeout(done, 50));';
  for (const name of ['A', 'B', 'C']) host.register(registrationOf(name, slow));
  await host.invoke('A', {});
  await Promise.all([host.invoke('B', {}), host.invoke('B', {})]);
  await host.invoke('C', {});
  expect(
    host
      .processes()
      .map(({ functionName }) => functionName)
      .sort(),
  ).toEqual(['A', 'B', 'C']);
});

test('a prestarted function is warm', async () => {
  const { host, counts } = await start();
  host.register(registrationOf('Warm', 'export const handler = async () => 1;'));
  await host.prestart();
  expect(counts['lambda.init']).toBe(1);
  await host.invoke('Warm', {});
  expect(counts['lambda.init']).toBe(1);
});

test('an endpoint prefix such as routes.localhost reaches the local endpoint', async () => {
  const server = createServer((request, response) => response.end(request.headers.host));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { host } = await start();
  host.register(
    registrationOf(
      'Prefix',
      `import http from 'node:http';
       const viaHttp = (url) => new Promise((resolve, reject) =>
         http.get(url, (response) => response.on('data', (data) => resolve(String(data)))).on('error', reject));
       export const handler = async ({ port }) => [await viaHttp('http://routes.localhost:' + port),
         await (await fetch('http://places.localhost:' + port)).text()];`,
    ),
  );
  const outcome = await host.invoke('Prefix', { port });
  server.closeAllConnections();
  server.close();
  expect(outcome).toEqual({ ok: true, payload: [`routes.localhost:${port}`, `places.localhost:${port}`] });
});

test('an asynchronous invocation is retried after one and two business minutes, then sent to its destination', async () => {
  const { host, clock } = await start();
  const records: unknown[] = [];
  host.register(
    registrationOf('Nightly', `export const handler = async (event) => { throw new Error('closed'); };`, {
      asynchronous: {
        onFailure: async (record) => {
          records.push({ at: clock.now(), record });
        },
      },
    }),
  );
  const acceptedAt = clock.now();
  const { accepted, requestId } = host.invokeAsync('Nightly', { mall: 'm1' });
  expect(accepted).toBe(true);
  await clock.advanceBy(179_999);
  expect(records).toEqual([]);
  await clock.advanceBy(1);
  expect(records).toEqual([
    {
      at: acceptedAt + 180_000,
      record: expect.objectContaining({
        requestContext: {
          requestId,
          functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:Nightly:$LATEST',
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        },
        requestPayload: { mall: 'm1' },
        responsePayload: expect.objectContaining({ errorType: 'Error', errorMessage: 'closed' }),
      }),
    },
  ]);
});

test('children end when the process of the host is killed', async () => {
  const assetDirectory = asset('export const handler = async () => 1;');
  const script = `
    const { LambdaHost } = await import(${JSON.stringify(new URL('../../../local/lambda/host.ts', import.meta.url).href)});
    const { SteppedClock } = await import(${JSON.stringify(new URL('../../../local/clock.ts', import.meta.url).href)});
    const host = await LambdaHost.start({ clock: new SteppedClock(0), meter: { count() {} }, log() {}, region: 'us-east-1', endpointUrl: 'http://localhost:1' });
    host.register(${JSON.stringify({ ...registrationOf('F', ''), assetDirectory })});
    await host.prestart();
    console.log(host.processes()[0].pid);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  await eventually(() => !isRunning(pid));
});

test('an invocation in flight may end before the host closes, if it does not take too long', async () => {
  const { host } = await start({ closeWaitMs: 1_000 });
  host.register(
    registrationOf(
      'Patient',
      `export const handler = async ({ ms }) => {
         console.log('begun');
         await new Promise((resolve) => setTimeout(resolve, ms));
         return 'done';
       };`,
    ),
  );
  await Promise.all([host.prestart(['Patient']), host.prestart(['Patient'])]);
  const [short, long] = [host.invoke('Patient', { ms: 100 }), host.invoke('Patient', { ms: 60_000 })];
  await new Promise(setImmediate);
  const closed = host.close();
  expect(await host.invoke('Patient', { ms: 0 })).toMatchObject({ ok: false, errorType: 'ServiceException' });
  expect(await short).toEqual({ ok: true, payload: 'done' });
  expect(await long).toMatchObject({ ok: false, errorType: 'Runtime.ExitError' });
  await closed;
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('a function outlives the %s of its group', async (signal) => {
  const { host } = await start();
  host.register(
    registrationOf(
      'Steady',
      `export const handler = async ({ signal }) => {
         process.kill(process.pid, signal);
         return 'still there';
       };`,
    ),
  );
  expect(await host.invoke('Steady', { signal })).toEqual({ ok: true, payload: 'still there' });
});

test('refuses what it cannot run as AWS would', async () => {
  const { host } = await start();
  expect(() => host.register(registrationOf('Old', '', { runtime: 'python3.13' }))).toThrow(/Old.*python3\.13/);
  expect(() => host.register(registrationOf('Long', '', { timeoutSeconds: 901 }))).toThrow(/Long.*901/);
  host.register(registrationOf('Twice', ''));
  expect(() => host.register(registrationOf('Twice', ''))).toThrow(/Twice is registered twice/);
  expect(await host.invoke('Absent', {})).toMatchObject({ ok: false, errorType: 'ResourceNotFoundException' });
});

test.each([
  ['Ordering', 'Ordering'],
  ['Ordering:live', 'Ordering'],
  ['arn:aws:lambda:us-east-1:111122223333:function:Ordering', 'Ordering'],
  ['arn:aws:lambda:us-east-1:111122223333:function:Ordering:7', 'Ordering'],
  ['111122223333:function:Ordering', 'Ordering'],
])('the function of %s is %s', (reference, name) => {
  expect(functionNameOf(reference)).toBe(name);
});
