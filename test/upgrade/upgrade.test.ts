import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { waitKeys } from '../../lambdas/domain/waits.ts';
import { Stage } from '../../local/scenario/stage.ts';
import { sharedAssembly } from '../assembly.ts';
import { temporaryFolder } from '../local/folder.ts';
import { hasEngine } from '../local/with-engine.ts';
import { unpack } from './folder.ts';
import { mallOfRecording } from './mall.ts';
import { archiveOf, type Recording, readRecording, recordings, resourcesOf } from './recording.ts';

const minutes = 60_000;
const newState = 'Welcome the order';

/** Today's stacks with one more state in the workflow: whatever else has changed, its definition has. */
async function changedAssembly(): Promise<string> {
  const directory = join(temporaryFolder(), 'cdk.out');
  cpSync(await sharedAssembly(), directory, { recursive: true });
  const file = join(directory, 'mallway-dev-lifecycle.template.json');
  const text = readFileSync(file, 'utf8');
  const start = /\\"StartAt\\":\\"Stores confirm\\",\\"States\\":\{/;
  const welcome = JSON.stringify({ [newState]: { Type: 'Pass', Next: 'Stores confirm' } }).slice(1, -1);
  const quoted = JSON.stringify(`"StartAt":"${newState}","States":{${welcome},`).slice(1, -1);
  expect(text).toMatch(start);
  writeFileSync(
    file,
    text.replace(start, () => quoted),
  );
  return directory;
}

const fates = {
  'cancelled, and not on the bus': 'cancelled',
  delivered: 'delivered',
  'half collected': 'delivered',
  'held, and called off': 'returned',
  'just placed': 'delivered',
  'kept over night by a driver': 'returned',
  'kept over night by its stores': 'delivered',
  'late, and asked about': 'delivered',
  'nobody carries': 'delivered',
  'not confirmed': 'delivered',
  'on its way': 'delivered',
  'on its way back': 'returned',
  'restarted while stores prepare': 'delivered',
  'to be handed over': 'delivered',
};
const suite = describe.skipIf(!hasEngine || process.env.DYNAMODB_ENDPOINT !== undefined);

suite.each(recordings())('the data of %s', (name) => {
  const recording = readRecording(name);
  const orders = Object.values(recording.orders);
  const ids = orders.map(({ id }) => id);
  const idOf = (called: string) => recording.orders[called]!.id;

  test('has an order in every state in which an upgrade may meet one', () => {
    expect(new Set(orders.flatMap(({ waits }) => waits))).toEqual(new Set(waitKeys));
  });

  test('is carried to its end by a later release, on the workflow it began with', async () => {
    const { stage, told } = await upgraded(name);
    const running = orders.filter(({ execution }) => execution === 'RUNNING').length;
    // Whatever they name is there: nothing follows "as begun".
    expect(told).toContain(`${running} executions of version 1 of mallway-dev-order-lifecycle go on as begun.`);
    expect(lostNames(recording, stage)).toEqual([]);
    expect((await stage.operations.openOrders()).some(({ offerId }) => offerId !== null)).toBe(true);
    const attention = (await stage.channel.events(idOf('held, and called off'))).filter(
      ({ type }) => type === 'order.attention',
    );
    expect(attention, 'written in version 1').toMatchObject([
      { version: 2, data: { what: 'asked', why: 'driver_lost' } },
      { version: 2, data: { what: 'called_off', reason: 'cancelled_by_channel' } },
    ]);

    await playOn(stage, idOf);
    const { id: placedLater } = await stage.place(stage.basket([2]));
    for (const id of [...ids, placedLater]) await untilOver(stage, id);
    stage.adopt(ids);
    await stage.checkInvariants();
    expect(stage.violations).toEqual([]);
    expect(await fatesOf(stage, recording)).toEqual(fates);
    expect(await failures(stage), 'queues of failures').toEqual({});
    expect(await untold(stage, idOf('cancelled, and not on the bus')), 'events not on the bus').toEqual([]);

    // What began before ends on the definition of then; whatever begins now has what is new in it.
    for (const id of [...ids, placedLater]) {
      for (const { name, status, startedAt, states } of await executionsOf(stage, id)) {
        const isNew = startedAt >= Date.parse(recording.now);
        expect([name, status, states.includes(newState)]).toEqual([name, 'SUCCEEDED', isNew]);
      }
    }
  }, 900_000);
});

async function upgraded(name: string) {
  const dataDirectory = join(temporaryFolder(), 'data');
  unpack(archiveOf(name), dataDirectory);
  const told: string[] = [];
  const stage = await Stage.open({
    assemblyDirectory: await changedAssembly(),
    dataDirectory,
    at: '11:00',
    mall: mallOfRecording(),
    onExchange: () => {},
    onChange: (sentence) => told.push(sentence),
  });
  onTestFinished(() => stage.close());
  return { stage, told };
}

/** Everybody takes up their work where they left it; one driver is lost, and one gives what they carry to another. */
async function playOn(stage: Stage, idOf: (called: string) => string): Promise<void> {
  stage.openStores();
  for (const index of [0, 1, 2, 3, 4]) stage.sendDriver(index);
  stage.sendDriver(7, {
    atMeeting: async ({ driverId, orderId, runCode, labels }) => {
      await stage.person(driverId).post(`/v1/driver/hand-overs/${orderId}`, { runCode, labels });
    },
  });
  await stage.operations.resolve(idOf('held, and called off'), 'returned');
}

async function untilOver(stage: Stage, orderId: string): Promise<void> {
  for (let waited = 0; ; waited += 2) {
    const { status, endedAt, ledger } = await stage.channel.order(orderId);
    if (endedAt && ledger.length > 0) return;
    if (waited > 12 * 60) throw new Error(`${orderId} is still ${status} after half a day.`);
    await stage.pass(2 * minutes);
  }
}

const holdData = [
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
  'AWS::Cognito::UserPool',
  'AWS::StepFunctions::StateMachine',
];

/** What held data then and has another name now, or none: on AWS it would be made anew, empty. */
function lostNames({ resources }: Recording, stage: Stage): string[] {
  const now = new Set(resourcesOf(stage.cloud.deployment).map(({ type, name }) => `${type} ${name}`));
  return resources
    .filter(({ type }) => holdData.includes(type))
    .map(({ type, name }) => `${type} ${name}`)
    .filter((it) => !now.has(it));
}

async function fatesOf(stage: Stage, { orders }: Recording): Promise<Record<string, string>> {
  const fates: Record<string, string> = {};
  for (const [called, { id }] of Object.entries(orders)) fates[called] = (await stage.channel.order(id)).status;
  return fates;
}

/** How much lies in each queue for failures that is not empty. */
async function failures(stage: Stage): Promise<Record<string, unknown>> {
  const { queues } = await stage.control<{ queues: Record<string, object> }>('GET', '/state');
  const names = Object.entries(queues).filter(([name]) => name.includes('Failures'));
  expect(names).not.toEqual([]);
  return Object.fromEntries(names.filter(([, counts]) => Object.values(counts).some((count) => count > 0)));
}

/** Whatever was not on the bus when the old release ended. */
async function untold(stage: Stage, orderId: string): Promise<number[]> {
  const told = readFileSync(join(stage.cloud.dataDirectory, 'logs/mallway-dev-order-events.log'), 'utf8');
  const events = await stage.channel.events(orderId);
  expect(events.length).toBeGreaterThan(1);
  return events.map(({ sequence }) => sequence).filter((sequence) => !told.includes(`${orderId}:${sequence}`));
}

async function executionsOf(stage: Stage, orderId: string) {
  const { executionName } = await stage.operations.inspect(orderId);
  const names = [...new Set([orderId, executionName])];
  type View = { name: string; status: string; startedAt: number; states: { name: string }[] };
  return Promise.all(
    names.map(async (name) => {
      const { states, ...view } = await stage.control<View>('GET', `/executions/${name}`);
      return { ...view, states: states.map((state) => state.name) };
    }),
  );
}
