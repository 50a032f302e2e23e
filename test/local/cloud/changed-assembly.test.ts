import { afterAll, test as anyTest, expect, onTestFinished } from 'vitest';
import type { SteppedClock } from '../../../local/clock.ts';
import { type Cloud, startCloud } from '../../../local/cloud.ts';
import { synthesiseTicketApp, type TicketAppChanges } from '../fixtures/ticket-app.ts';
import { temporaryFolder } from '../folder.ts';
import { hasEngine } from '../with-engine.ts';

const test = anyTest.skipIf(!hasEngine || process.env.DYNAMODB_ENDPOINT !== undefined);

const apps = new Map<string, ReturnType<typeof synthesiseTicketApp>>();
afterAll(() => {
  for (const app of apps.values()) app.dispose();
});

const startAt = Date.parse('2026-11-23T18:00:00Z');

/** A data folder that is started with one release of the app after the other. */
function releases() {
  const dataDirectory = temporaryFolder();
  return async (changes: TicketAppChanges = {}) => {
    const key = JSON.stringify(changes);
    const app = apps.get(key) ?? synthesiseTicketApp(changes);
    apps.set(key, app);
    const told: string[] = [];
    const cloud = (await startCloud({
      assemblyDirectory: app.directory,
      dataDirectory,
      clock: { stepped: true, startAt },
      onChange: (sentence) => told.push(sentence),
    })) as Cloud & { clock: SteppedClock };
    onTestFinished(() => cloud.stop());
    const act = async (path: string) => {
      const headers = { authorization: 'Bearer let-me-in' };
      const response = await fetch(`${cloud.url}/v1/tickets/${path}`, { method: 'POST', headers });
      expect(response.ok).toBe(true);
      await cloud.clock.settled();
    };
    const states = (name: string) =>
      cloud.executions
        .history(name)!
        .filter(({ type }) => type.endsWith('StateEntered'))
        .map(({ details }) => (details as { name: string }).name);
    return { cloud, told, act, states };
  };
}

test('what has begun goes on as it began, and what begins is of the new release', async () => {
  const start = releases();
  const before = await start({ notes: true });
  await before.act('t1');
  await before.act('t2');
  expect(before.told).toEqual([]);
  await before.cloud.stop();

  const after = await start({ looksFirst: true, noTicks: true });
  expect(after.told).toEqual([
    expect.stringMatching(/^2 executions of version 1 of tickets-Machine.* go on as begun\.$/),
    expect.stringMatching(/^The table tickets-Notes.* is not in this assembly any more: what is in it stays/),
  ]);
  await after.act('t3');
  for (const ticket of ['t1', 't2', 't3']) await after.act(`${ticket}/done`);
  for (const ticket of ['t1', 't2', 't3']) expect(after.cloud.executions.describe(ticket)?.status).toBe('SUCCEEDED');
  expect(after.states('t1')).toEqual(['Somebody works on it', 'Announce']);
  expect(after.states('t3')).toEqual(['Somebody looks at it', 'Somebody works on it', 'Announce']);
  await after.act('t4');
  await after.cloud.stop();

  // Going back is a change like any other.
  const back = await start({ notes: true });
  expect(back.told).toEqual([
    expect.stringMatching(/^1 execution of version 2 of tickets-Machine.* goes on as begun\.$/),
  ]);
  await back.act('t4/done');
  expect(back.states('t4')).toEqual(['Somebody looks at it', 'Somebody works on it', 'Announce']);
});

test('what is gone is named before anything fails for want of it', async () => {
  const start = releases();
  const before = await start();
  await before.act('t1');
  await before.act('t2');
  await before.act('t2/done');
  await before.cloud.stop();

  const after = await start({ queue: 'News' });
  const queue = before.cloud.deployment.ofType('AWS::SQS::Queue')[0]!.name;
  expect(after.told).toEqual([
    expect.stringMatching(
      new RegExp(`^1 execution of version 1 of .* goes on as begun, but this assembly has no queue ${queue} any more`),
    ),
    `The queue ${queue} is not in this assembly any more: 1 message in it will not be read.`,
  ]);
  await after.act('t1/done');
  expect(after.cloud.executions.describe('t1')?.status).toBe('FAILED');
  await after.act('t3');
  await after.act('t3/done');
  expect(after.cloud.executions.describe('t3')?.status).toBe('SUCCEEDED');
  await after.cloud.stop();

  // Nothing was thrown away.
  const back = await start();
  await back.cloud.clock.advanceBy(10_000);
  const read = await fetch(`${back.cloud.url}/v1/tickets/t2`, { headers: { authorization: 'Bearer let-me-in' } });
  expect(JSON.stringify(await read.json())).toContain('ANNOUNCED');
});
