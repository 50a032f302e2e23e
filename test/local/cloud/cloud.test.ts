import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wallDelay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { SteppedClock } from '../../../local/clock.ts';
import { type Cloud, startCloud } from '../../../local/cloud.ts';
import { synthesiseTicketApp } from '../fixtures/ticket-app.ts';
import { temporaryFolder } from '../folder.ts';
import { test } from '../with-engine.ts';

let app: ReturnType<typeof synthesiseTicketApp>;
beforeAll(() => {
  app = synthesiseTicketApp();
}, 30_000);
afterAll(() => app.dispose());

const startAt = Date.parse('2026-11-23T18:00:00Z');

async function start(dataDirectory: string): Promise<Cloud & { clock: SteppedClock }> {
  const cloud = await startCloud({
    assemblyDirectory: app.directory,
    dataDirectory,
    clock: { stepped: true, startAt },
  });
  onTestFinished(() => cloud.stop());
  return cloud as Cloud & { clock: SteppedClock };
}

async function call(cloud: Cloud, method: string, path: string, token = 'let-me-in') {
  const response = await fetch(`${cloud.url}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as unknown };
}

async function control(cloud: Cloud, method: string, path: string, body?: object, token = cloud.controlToken) {
  const response = await fetch(`${cloud.controlUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

test('from the API over stream, state machine and queue, all in business time', async () => {
  const cloud = await start(temporaryFolder());
  expect(await call(cloud, 'POST', '/v1/tickets/t1', 'wrong')).toMatchObject({ status: 403 });
  expect(await call(cloud, 'POST', '/v1/tickets/t1')).toEqual({
    status: 201,
    body: { id: 't1', at: '2026-11-23T18:00:00.000Z' },
  });
  await cloud.clock.settled();
  expect(cloud.executions.describe('t1')).toMatchObject({
    status: 'RUNNING',
    waiting: [{ state: 'Somebody works on it', since: startAt, until: startAt + 3_600_000 }],
  });
  await cloud.clock.advanceBy(10 * 60_000);
  await call(cloud, 'POST', '/v1/tickets/t1/done');
  await cloud.clock.settled();
  expect(cloud.executions.describe('t1')).toMatchObject({
    status: 'SUCCEEDED',
    transitions: 2,
    output: { outcome: 'done' },
  });
  const announced = async () => (await call(cloud, 'GET', '/v1/tickets/t1')).body;
  expect(JSON.stringify(await announced())).not.toContain('ANNOUNCED');
  await cloud.clock.advanceBy(5_000);
  expect(await announced()).toContainEqual({ sk: 'ANNOUNCED', at: '2026-11-23T18:10:00.000Z' });
  expect(await call(cloud, 'GET', '/v1/tickets/clock')).toEqual({
    status: 200,
    body: [{ sk: 'TICK', at: '2026-11-23T18:10:00Z' }],
  });
  const { units } = cloud.meter.usage();
  expect(units).toMatchObject({ 'states.transition': 2 });
  for (const unit of [
    'lambda.gbSecond',
    'dynamodb.writeUnit',
    'sqs.fifoRequest',
    'apigateway.request',
    'logs.gb',
    'transfer.gb',
  ]) {
    expect(units[unit]).toBeGreaterThan(0);
  }
});

test('a second start on the same folder is refused, and goes on where the first ended', async () => {
  const folder = temporaryFolder();
  const first = await start(folder);
  await call(first, 'POST', '/v1/tickets/t1');
  await first.clock.advanceBy(60_000);
  await expect(startCloud({ assemblyDirectory: app.directory, dataDirectory: folder })).rejects.toThrow(
    /is in use \(process \d+\).*--data-dir/,
  );
  await first.stop();
  const second = await start(folder);
  expect(second.clock.now()).toBe(startAt + 60_000);
  expect(second.executions.describe('t1')?.status).toBe('RUNNING');
  await call(second, 'POST', '/v1/tickets/t1/done');
  await second.clock.settled();
  expect(second.executions.describe('t1')?.status).toBe('SUCCEEDED');
});

test('the control port moves time, shows executions and kills the engine, for who has its token', async () => {
  const cloud = await start(temporaryFolder());
  const given = JSON.parse(readFileSync(join(cloud.dataDirectory, 'control.json'), 'utf8')) as {
    url: string;
    token: string;
  };
  expect(given).toMatchObject({ url: cloud.controlUrl, token: cloud.controlToken, publicUrl: cloud.url });
  expect(statSync(join(cloud.dataDirectory, 'control.json')).mode & 0o777).toBe(0o600);
  expect(await control(cloud, 'GET', '/state', undefined, 'wrong')).toMatchObject({ status: 401 });

  await call(cloud, 'POST', '/v1/tickets/late');
  await cloud.clock.settled();
  expect(await control(cloud, 'POST', '/engine/kill')).toMatchObject({ status: 204 });
  expect(await call(cloud, 'GET', '/v1/tickets/late')).toMatchObject({ status: 200 });
  expect(await control(cloud, 'PUT', '/clock', { advanceMs: 3_600_000 })).toMatchObject({
    body: { now: '2026-11-23T19:00:00.000Z', kind: 'stepped' },
  });
  expect(await control(cloud, 'GET', '/executions?status=SUCCEEDED')).toMatchObject({
    body: [{ name: 'late', status: 'SUCCEEDED', transitions: 2 }],
  });
  expect(await control(cloud, 'GET', '/executions/late')).toMatchObject({ body: { output: { outcome: 'late' } } });
  expect(await control(cloud, 'GET', '/executions/late/history')).toMatchObject({
    body: expect.arrayContaining([expect.objectContaining({ type: 'ExecutionStarted' })]),
  });
  expect(await control(cloud, 'GET', '/executions/none')).toMatchObject({ status: 404 });
  expect(await control(cloud, 'PUT', '/clock', { speed: 2, advanceMs: 1 })).toMatchObject({ status: 400 });
  expect(await control(cloud, 'GET', '/meter')).toMatchObject({ body: { cost: { total: expect.any(Number) } } });
  const { body } = await control(cloud, 'POST', '/tokens', { sub: 'ops-1' });
  const [, claims = ''] = (body as { token: string }).token.split('.');
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    sub: 'ops-1',
    iss: cloud.issuer,
    aud: ['mallway'],
  });
});

test('after kill -9 nothing is left running, and the next start goes on', async () => {
  const folder = temporaryFolder();
  const script = `import { startCloud } from '${join(import.meta.dirname, '../../../local/cloud.ts')}';
    const cloud = await startCloud({ assemblyDirectory: ${JSON.stringify(app.directory)}, dataDirectory: ${JSON.stringify(folder)},
      clock: { stepped: true, startAt: ${startAt} } });
    await fetch(cloud.url + '/v1/tickets/t1', { method: 'POST', headers: { authorization: 'Bearer let-me-in' } });
    await cloud.clock.settled();
    const state = await fetch(cloud.controlUrl + '/state', { headers: { authorization: 'Bearer ' + cloud.controlToken } });
    console.log(JSON.stringify((await state.json()).processes.map(({ pid }) => pid)));`;
  const host = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void host.kill('SIGKILL'));
  const pids = JSON.parse(
    await new Promise<string>((resolve) => host.stdout.once('data', (data) => resolve(String(data)))),
  ) as number[];
  const engine = Number(readFileSync(join(folder, 'dynamodb', 'engine.pid'), 'utf8'));
  expect(pids.length).toBeGreaterThan(1);
  host.kill('SIGKILL');
  await expect.poll(() => [...pids, engine].filter(runs), { timeout: 5_000 }).toEqual([]);

  const cloud = await start(folder);
  await call(cloud, 'POST', '/v1/tickets/t1/done');
  await cloud.clock.settled();
  expect(cloud.executions.describe('t1')?.status).toBe('SUCCEEDED');
});

test('a start that fails leaves nothing behind', async () => {
  const folder = temporaryFolder();
  const running = await start(temporaryFolder());
  const taken = { assemblyDirectory: app.directory, dataDirectory: folder, port: Number(new URL(running.url).port) };
  await expect(startCloud(taken)).rejects.toThrow(/is taken/);
  const unknown = { assemblyDirectory: app.directory, dataDirectory: folder, parameters: { Colour: 'red' } };
  await expect(startCloud(unknown)).rejects.toThrow(/No stack has a parameter Colour/);
  await start(folder);
});

test('business time runs at its speed, and never goes back over a restart', async () => {
  const folder = temporaryFolder();
  const options = { assemblyDirectory: app.directory, dataDirectory: folder, clock: { startAt, speed: 3_600 } };
  const first = await startCloud(options);
  await wallDelay(100);
  const before = first.clock.now();
  expect(before).toBeGreaterThan(startAt + 300_000);
  await first.stop();
  const second = await startCloud(options);
  onTestFinished(() => second.stop());
  expect(second.clock.now()).toBeGreaterThanOrEqual(before);
});

function runs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}
