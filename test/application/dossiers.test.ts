import { expect, test } from 'vitest';
import { judgeDriverDocument, readDossier, submitDriverDocument } from '../../lambdas/application/dossiers.ts';
import { listDrivers } from '../../lambdas/application/drivers.ts';
import { getDriver, listOffers, startShift } from '../../lambdas/application/driving.ts';
import { keys } from '../../lambdas/application/records.ts';
import { type DocumentKind, requiredDocuments } from '../../lambdas/domain/documents.ts';
import { type Instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { done, driveHome, driverId, openMall, place, ready, storeActs, takeOffer } from '../harness/mall.ts';
import { World } from '../harness/world.ts';

const id = driverId(1);
const far = '2030-01-01';

async function onShift(): Promise<World> {
  const world = new World();
  await openMall(world, { stores: 1 });
  return world;
}

const ports = (world: World) => ({ database: world.tables, pictures: world.driving.proofs });
let shown = 0;

/** Shown and accepted, at that time. */
async function accepted(world: World, kind: DocumentKind, expiresOn: string, now: Instant): Promise<void> {
  const documentId = `doc_${++shown}`;
  done(await submitDriverDocument(ports(world), id, { documentId, kind, expiresOn }, world.request(id), now));
  const verdict = { outcome: 'accepted' } as const;
  done(await judgeDriverDocument(ports(world), id, { documentId, verdict }, world.request('operations'), now));
}

/** All of a car, of which the licence ran out yesterday. */
async function lapsed(world: World): Promise<void> {
  const before = plusMinutes(world.now(), -3 * 24 * 60);
  for (const kind of requiredDocuments.car) {
    await accepted(world, kind, kind === 'driving_licence' ? before.slice(0, 10) : far, before);
  }
  await world.settled();
}

const offers = async (world: World) =>
  ((await listOffers(world.driving, id, world.now())) as { data: { orderIds: string[] }[] }).data;

async function wait(world: World, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    await world.advance(1);
    await world.sweep();
    await world.settled();
  }
}

/** Until the driver has an offer: it is open for a minute. */
async function offered(world: World): Promise<void> {
  for (let tries = 0; tries < 30 && (await offers(world)).length === 0; tries++) {
    await world.advance(0.2);
    if (tries % 5 === 4) await world.sweep();
    await world.settled();
  }
}

test('whose licence has run out gets no offer, on shift as they are, until a new one is accepted', async () => {
  const world = await onShift();
  await lapsed(world);
  const orderId = await place(world, 1);
  done(await storeActs(world, 1, orderId, { type: 'accept' }));
  await wait(world, 10);
  expect(await offers(world)).toEqual([]);
  expect(await startShift(world.driving, id, world.request(id), world.now())).toMatchObject({
    code: 'documents_lapsed',
    current: { documents: ['driving_licence'] },
  });
  const { data } = (await listDrivers(ports(world), { list: 'papers', limit: 10 }, world.now())) as {
    data: { id: string; isCleared: boolean }[];
  };
  expect(data).toMatchObject([{ id, isCleared: false, lapsed: [{ kind: 'driving_licence' }] }]);

  await accepted(world, 'driving_licence', far, world.now());
  await world.settled();
  await offered(world);
  expect(await offers(world)).toMatchObject([{ orderIds: [orderId] }]);
});

test('a run under way is finished though a paper runs out meanwhile', async () => {
  const world = await onShift();
  const orderId = await place(world, 1);
  done(await storeActs(world, 1, orderId, { type: 'accept' }));
  done(await storeActs(world, 1, orderId, ready(1)));
  await offered(world);
  await takeOffer(world);
  await lapsed(world);
  expect(await getDriver(world.driving, id, world.now())).toMatchObject({ papers: { isCleared: false } });
  await driveHome(world);
  expect((await world.order(orderId)).status).toBe('delivered');
});

test('a driver made by hand goes on by the word of operations until all their vehicle demands was accepted', async () => {
  const world = await onShift();
  const now = world.now();
  const before = plusMinutes(now, -24 * 60);
  for (const kind of requiredDocuments.car.slice(1)) await accepted(world, kind, now.slice(0, 10), before);
  expect(await getDriver(world.driving, id, plusMinutes(now, 5 * 24 * 60))).toMatchObject({
    papers: { isCleared: true, missing: [] },
  });
  await accepted(world, 'driving_licence', far, now);
  expect(await readDossier(ports(world), id, plusMinutes(now, 5 * 24 * 60))).toMatchObject({
    isCleared: false,
    lapsed: requiredDocuments.car.slice(1).map((kind) => ({ kind })),
  });
});

test('what is shown and never looked at changes nothing; what is refused neither', async () => {
  const world = await onShift();
  await lapsed(world);
  const documentId = 'doc_new';
  const kind = 'driving_licence';
  const shows = { documentId, kind, expiresOn: far } as const;
  world.missingProofs.add(`documents/${id}/${documentId}`);
  const show = () => submitDriverDocument(ports(world), id, shows, world.request(id), world.now());
  expect(await show()).toMatchObject({ code: 'document_not_uploaded', pointer: '/documentId' });
  world.missingProofs.clear();
  done(await show());
  const driver = await world.database.get(keys.driver(id));
  const verdict = { outcome: 'refused', reason: 'unreadable' } as const;
  done(await judgeDriverDocument(ports(world), id, { documentId, verdict }, world.request('operations'), world.now()));
  expect(await world.database.get(keys.driver(id))).toEqual(driver);
  const { data } = (await listDrivers(ports(world), { list: 'papers', limit: 10 }, world.now())) as {
    data: { undecided: number }[];
  };
  expect(data).toMatchObject([{ undecided: 0 }]);
});
