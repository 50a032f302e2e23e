import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { edgeOf } from '../../local/front/edge.ts';
import { awsJsonError, type ServiceRequest } from '../../local/services.ts';
import { Joiner } from '../api/joiner.ts';
import { Traveller } from '../api/journey.ts';
import { door, World } from '../api/world.ts';
import { passHourlyAt } from '../local/hourly-pass.ts';
import { hasEngine } from '../local/with-engine.ts';
import { findLeaks, type Secret, type Sink } from './scanner.ts';

/** What nobody may read who has no business with it. */
const person = {
  name: 'Quentin Canarywharf',
  phone: '+14805550177',
  instructions: 'Behind the xylophone, "ring" twice',
};
const wrongAddress = '77 Nowhere Canary Parade, Chandler AZ 85224';

let world: World;
const secrets: Secret[] = [];
const calls: Sink[] = [];
let isBroken: (request: ServiceRequest) => boolean = () => false;

/** Every call of a service is seen; what goes into the table of personal data, or is signed for S3, is no leak. */
async function fault(request: ServiceRequest) {
  const { service, headers, body, caller } = request;
  const text = body.toString('utf8');
  if (service !== 'dynamodb' && service !== 'geo' && service !== 'kms')
    calls.push({ where: `${service} ${headers['x-amz-target'] ?? ''} by ${caller.role}`, text });
  return isBroken(request) ? awsJsonError(400, 'ValidationException', `refused: ${text}`) : undefined;
}

function keep(what: string, value: unknown): void {
  if (typeof value === 'string' && value.length > 3) secrets.push({ what, value });
}

/** Somebody applies to drive and is refused; a driver is suspended and appeals. */
async function joinInVain(): Promise<void> {
  const applicant = { name: 'Zebulon Drivewell', email: 'zebulon@drivewell.example', phone: '+14805550166' };
  for (const [what, value] of Object.entries(applicant)) keep(`${what} of an applicant`, value);
  const joiner = await Joiner.apply(world, undefined, applicant);
  secrets.push({ what: 'link of an applicant', value: joiner.token, isUnguessable: true });
  await joiner.show();
  await joiner.own();
  await joiner.inspect();
  const texts = {
    note: 'Zebulon lives too far out',
    text: 'Nobody was xylophoning',
    answer: 'The xylophone was heard',
  };
  for (const [what, value] of Object.entries(texts)) keep(what, value);
  await joiner.operations('/refuse', { reason: 'other', note: texts.note });
  const driverId = world.mall.drivers[1]!.id;
  const { operations, otherDriver } = world.tokens;
  const act = (path: string, body: object, token = operations) => world.succeed({ method: 'POST', path, token, body });
  await act(`/v1/drivers/${driverId}/suspend`, { reason: 'conduct', note: texts.note });
  await act('/v1/driver/appeal', { text: texts.text }, otherDriver);
  await act(`/v1/drivers/${driverId}/reinstate`, { answer: texts.answer });
}

beforeAll(async () => {
  if (!hasEngine) return;
  world = await World.open({ fault });
  for (const [what, value] of Object.entries(person)) keep(what, value);
  keep('address', door());
  keep('street of the address', door().split(',')[0]);
  keep('address that is none', wrongAddress);
  for (const [owner, token] of Object.entries(world.tokens)) keep(`token of ${owner}`, token);
  for (const [name, value] of Object.entries(edgeOf(world.cloud.deployment)!.originHeaders)) keep(name, value);
  for (const [owner, { secret }] of Object.entries(world.keys)) keep(`secret of ${owner}`, secret);
}, 240_000);
afterAll(() => world?.close());

describe.skipIf(!hasEngine)('what must stay where it is kept', { timeout: 240_000 }, () => {
  test('is used on the way of an order, by good requests and bad ones, while services fail', async () => {
    await deliver();
    await joinInVain();
    await askWrongly();
    await failInside();
    expect(secrets.length).toBeGreaterThan(15);
  });

  test('is in no log, no event, no message, no input of the workflow, and in no table but its own', async () => {
    const sinks = [...logs(), ...calls, ...executions(), ...(await tables())];
    expect(sinks.length).toBeGreaterThan(30);
    expect(findLeaks(secrets, sinks)).toEqual([]);
  });

  test('would be found: each kind of place is read, and holds what it should', async () => {
    const has = (sinks: Sink[], text: string) => sinks.some((sink) => sink.text.includes(text));
    expect(has(logs(), '"level":"ERROR"')).toBe(true);
    expect(has(logs(), 'ValidationException')).toBe(true);
    expect(has(logs(), '/v1/orders')).toBe(true);
    expect(has(logs(), 'delivery.delivered')).toBe(true);
    expect(calls.some(({ where }) => where.startsWith('sqs'))).toBe(true);
    expect(calls.some(({ where }) => where.startsWith('events'))).toBe(true);
    expect(calls.some(({ where }) => where.startsWith('states'))).toBe(true);
    expect(has(executions(), 'Stores confirm')).toBe(true);
    expect(has(await tables(), '"status":{"S":"delivered"}')).toBe(true);
    const personal = Object.entries(await world.everything()).find(([name]) => name.includes('personal'))!;
    expect(findLeaks(secrets, [{ where: 'personal', text: JSON.stringify(personal) }]).map(({ what }) => what)).toEqual(
      expect.arrayContaining(['name', 'phone', 'address']),
    );
  });
});

describe.skipIf(!hasEngine)('what is to be gone', { timeout: 240_000 }, () => {
  test.each([
    ['as its channel asked', 'Ophelia Erasable', 'delivered', erase],
    ['as it was kept for long enough', 'Perpetua Retained', 'refused', outlive],
  ] as const)('is in no table, no bucket and no log, %s', async (_, name, ending, goes) => {
    const its = await bringToDoor(name, ending);
    // What a driver wrote was never kept.
    const before = findLeaks(its.secrets, await everywhere());
    expect(new Set(before.map(({ what }) => what))).toEqual(new Set(['name', 'phone', 'tracking capability', 'photo']));
    await goes(its.orderId);
    expect(findLeaks(its.secrets, await everywhere())).toEqual([]);
  });
});

/** An order with a photo of its door, taken in or brought back, and what tells who it was for. */
async function bringToDoor(name: string, ending: 'delivered' | 'refused') {
  const phone = `+1480555${String(world.cloud.clock.now()).slice(-7, -3)}`;
  const { tokens, mall } = world;
  const { dropoff, ...basket } = world.basket();
  const body = { ...basket, dropoff: { ...dropoff, name, phone } };
  const { id: orderId } = await world.succeed({ method: 'POST', path: '/v1/orders', token: tokens.channel, body });
  const order = await world.succeed({ method: 'GET', path: `/v1/orders/${orderId}`, token: tokens.channel });
  const capability = order.trackingUrl.split('/').at(-1);
  const atStore = (act: string, said?: object) =>
    world.succeed({
      method: 'POST',
      path: `/v1/stores/${mall.stores[0]!.id}/pickups/${orderId}/${act}`,
      token: tokens.store,
      ...(said && { body: said }),
    });
  const drive = (path: string, said: object = {}) =>
    world.succeed({ method: 'POST', path: `/v1/driver/${path}`, token: tokens.driver, body: said });
  await world.onShift();
  await atStore('accept');
  const { offerId, version } = await world.nextOffer();
  await drive(`offers/${offerId}/accept`, { version });
  const labels = [`MW-${phone.slice(-4)}`];
  await atStore('ready', { parcels: labels.map((label) => ({ label })) });
  const counter = `run/stops/pickup-${mall.stores[0]!.id}`;
  await drive(`${counter}/arrive`);
  await drive(`${counter}/complete`, { labels });
  const stopId = `dropoff-${orderId}`;
  const elsewhere = { awayReason: 'met_elsewhere' };
  await drive(`run/stops/${stopId}/arrive`, elsewhere);
  const link = await drive('proofs', { contentType: 'image/jpeg', stopId });
  const picture = `the door of ${name.split(' ')[1]}`;
  await fetch(link.uploadUrl, { method: 'PUT', headers: { 'content-type': 'image/jpeg' }, body: picture });
  const { photoKey } = link;
  const note = `${name} says that it was not ordered`;
  if (ending === 'delivered')
    await drive(`run/stops/${stopId}/complete`, { labels, proof: { kind: 'photo', photoKey }, ...elsewhere });
  else {
    await drive(`run/stops/${stopId}/fail`, { reason: 'refused', evidence: { note, photoKey } });
    const counterBack = `run/stops/return-${mall.stores[0]!.id}`;
    await drive(`${counterBack}/arrive`, elsewhere);
    await drive(`${counterBack}/complete`, { labels });
  }
  await world.pass(120);
  const secrets: Secret[] = [
    { what: 'name', value: name },
    { what: 'phone', value: phone },
    { what: 'photo', value: picture },
    { what: 'note', value: note },
    { what: 'tracking capability', value: capability, isUnguessable: true },
  ];
  return { orderId, secrets };
}

async function erase(orderId: string): Promise<void> {
  await world.succeed({ method: 'POST', path: `/v1/orders/${orderId}/erase`, token: world.tokens.channel });
}

async function outlive(): Promise<void> {
  await passHourlyAt(world.cloud, new Date(world.cloud.clock.now() + 181 * 24 * 3_600_000));
}

/** Wherever a text may lie, the table of personal data and the buckets among them. */
async function everywhere(): Promise<Sink[]> {
  const all = Object.entries(await world.everything());
  const inTables = all.map(([name, items]) => ({ where: `table ${name}`, text: JSON.stringify(items) }));
  return [...logs(), ...executions(), ...inTables, ...objects()];
}

function objects(): Sink[] {
  const folder = join(world.cloud.dataDirectory, 's3');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const bytes = readFileSync(join(parentPath, name));
      const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
      return { where: `object ${name}`, text: (isPacked ? gunzipSync(bytes) : bytes).toString('utf8') };
    });
}

/** Two orders: one delivered against its PIN, one that nobody takes in. */
async function deliver(): Promise<void> {
  const traveller = new Traveller(world, (request) => world.succeed(withPerson(request)));
  for (const stage of ['placed', 'offered', 'collected', 'at the door'] as const) await traveller.goOnTo(stage);
  keep('PIN', await traveller.pin());
  secrets.push({ what: 'tracking capability', value: traveller.journey.trackingToken, isUnguessable: true });
  const link = await world.succeed({
    method: 'POST',
    path: '/v1/driver/proofs',
    token: world.tokens.driver,
    body: { contentType: 'image/jpeg', stopId: `dropoff-${traveller.journey.orderId}` },
  });
  keep('signature of the upload', new URL(link.uploadUrl).searchParams.get('X-Amz-Signature'));
  await traveller.goOnTo('delivered');
  await world.pass(120);
}

function withPerson<T extends { path: string; body?: unknown }>(request: T): T {
  if (request.path !== '/v1/orders') return request;
  const body = request.body as { dropoff: object };
  return { ...request, body: { ...body, dropoff: { ...body.dropoff, ...person } } };
}

/** Requests that are refused: at the door, by the schema, by the rules. */
async function askWrongly(): Promise<void> {
  const { channel, store } = world.tokens;
  const place = { method: 'POST', path: '/v1/orders', token: channel };
  const { dropoff, ...basket } = world.basket();
  const refused = [
    { ...place, token: `${channel.slice(0, -4)}AAAA`, body: basket },
    { ...place, token: store, body: { ...basket, dropoff: { ...dropoff, ...person } } },
    { ...place, body: { ...basket, dropoff: { ...dropoff, ...person, phone: 'not a phone', surplus: person.name } } },
    { ...place, body: { ...basket, dropoff: { ...dropoff, ...person, address: wrongAddress } } },
    { ...place, rawBody: `{"dropoff": {"name": "${person.name}", "phone": ${person.phone}` },
    { method: 'GET', path: '/v1/track/AAAAAAAAAAAAAAAAAAAAAA' },
  ];
  for (const request of refused) expect((await world.send(request)).status).toBeGreaterThanOrEqual(400);
  const twice = { ...place, key: 'the-same', body: { ...basket, dropoff: { ...dropoff, ...person } } };
  await world.succeed(twice);
  expect((await world.send({ ...twice, body: { ...twice.body, goAhead: 'all_or_nothing' } })).status).toBe(422);
}

/** A service refuses and repeats in its answer what it was asked, as some do. */
async function failInside(): Promise<void> {
  const { channel } = world.tokens;
  const { dropoff, ...basket } = world.basket();
  const place = {
    method: 'POST',
    path: '/v1/orders',
    token: channel,
    body: { ...basket, dropoff: { ...dropoff, ...person } },
  };
  for (const service of ['geo', 'dynamodb', 'kms']) {
    isBroken = (request) => request.service === service && /OrderingRole|AuthorizerRole/.test(request.caller.role);
    await world.send(place);
  }
  isBroken = (request) => /RelayRole|ResumerRole|LifecycleRole/.test(request.caller.role);
  await world.send(place);
  await world.pass(180);
  isBroken = () => false;
  await world.pass(180);
}

function logs(): Sink[] {
  const folder = join(world.cloud.dataDirectory, 'logs');
  return readdirSync(folder).map((name) => ({ where: `log ${name}`, text: readFileSync(join(folder, name), 'utf8') }));
}

function executions(): Sink[] {
  return world.cloud.executions.list({ limit: 1_000 }).flatMap(({ name, arn }) => [
    { where: `execution ${name}`, text: JSON.stringify(world.cloud.executions.describe(arn)) },
    { where: `history of ${name}`, text: JSON.stringify(world.cloud.executions.history(arn)) },
  ]);
}

/** All but the one that is for it. */
async function tables(): Promise<Sink[]> {
  return Object.entries(await world.everything())
    .filter(([name]) => !name.includes('personal'))
    .map(([name, items]) => ({ where: `table ${name}`, text: JSON.stringify(items) }));
}
