import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenOrder, Order } from '../../../local/actors/api-types.ts';
import type { Basket } from '../../../local/actors/channel.ts';
import { Dice } from '../../../local/actors/dice.ts';
import { metresBetween } from '../../../local/actors/travel.ts';
import { RunningClock, SteppedClock } from '../../../local/clock.ts';
import { castOf } from '../../../local/demo/cast.ts';
import { demoHandler } from '../../../local/demo/http.ts';
import { demoStart, isOpen, nextOpening } from '../../../local/demo/opening-hours.ts';
import { OrderFeed } from '../../../local/demo/order-feed.ts';
import { overviewOf } from '../../../local/demo/overview.ts';
import { Pace } from '../../../local/demo/pace.ts';
import { Persons, personClaim } from '../../../local/demo/persons.ts';
import { Shoppers } from '../../../local/demo/shoppers.ts';
import { pilotAddresses, pilotMalls } from '../../../local/pilot/pilot.ts';

const ms = (text: string) => Date.parse(text);
const malls = pilotMalls.map(({ mall }) => mall);
const [chandler] = malls as [(typeof malls)[number]];

describe('opening hours', () => {
  it.each([
    ['2026-11-24T17:00:00Z', true],
    ['2026-11-24T16:59:59Z', false],
    ['2026-11-25T03:00:00Z', false],
    ['2026-11-26T19:00:00Z', false],
    ['2026-11-27T13:00:00Z', true],
  ])('Chandler at %s: open %s', (at, open) => expect(isOpen(chandler, ms(at))).toBe(open));

  it('after Thanksgiving comes early Black Friday', () => {
    expect(nextOpening(chandler, ms('2026-11-26T03:30:00Z'))).toBe(ms('2026-11-27T13:00:00Z'));
  });

  it('the demo begins at 11:00 in Las Vegas on the next weekday that is open', () => {
    expect(demoStart(malls, ms('2026-11-20T20:00:00Z'))).toBe(ms('2026-11-23T19:00:00Z'));
    // Wednesday: Thursday is Thanksgiving, so it is Black Friday.
    expect(demoStart(malls, ms('2026-11-25T20:00:00Z'))).toBe(ms('2026-11-27T19:00:00Z'));
    // In summer time Las Vegas is seven hours behind.
    expect(demoStart(malls, ms('2026-06-01T20:00:00Z'))).toBe(ms('2026-06-02T18:00:00Z'));
  });
});

describe('persons', () => {
  const bearer = (claims: object) => `Bearer ${new UnsecuredJWT({ ...claims }).encode()}`;

  it('play an actor until two minutes after their last request', () => {
    let now = 0;
    const persons = new Persons(() => now);
    persons.saw(bearer({ sub: 'store-1', ...personClaim }));
    now = 119_000;
    expect(persons.played()).toEqual(['store-1']);
    persons.saw(bearer({ sub: 'store-1', ...personClaim }));
    now += 119_000;
    expect(persons.isPlayed('store-1')).toBe(true);
    now += 1_000;
    expect(persons.isPlayed('store-1')).toBe(false);
  });

  it("are not mistaken for the demo's own requests, nor for nonsense", () => {
    const persons = new Persons(() => 0);
    persons.saw(bearer({ sub: 'store-1' }));
    persons.saw('Bearer nonsense');
    persons.saw(undefined);
    expect(persons.played()).toEqual([]);
  });
});

describe('the pace', () => {
  const noon = ms('2026-11-24T19:00:00Z');
  const paceAt = (at: number, options: { isPersonAsked?: () => boolean; openCount?: () => number | null } = {}) => {
    const clock = new RunningClock({ startAt: at, speed: 60, wallNow: () => 0 });
    const pace = new Pace({ clock, speed: 60, malls, isPersonAsked: () => false, openCount: () => 0, ...options });
    return { clock, pace };
  };

  it('is that of people while one of them has to answer', () => {
    let isAsked = true;
    const { clock, pace } = paceAt(noon, { isPersonAsked: () => isAsked });
    pace.adjust();
    expect(clock.speed).toBe(1);
    isAsked = false;
    pace.adjust();
    expect(clock.speed).toBe(60);
  });

  it('is slower on a machine that is busy, and recovers', () => {
    const { clock, pace } = paceAt(noon);
    for (let look = 0; look < 20; look++) pace.looked(4_000);
    pace.adjust();
    expect(clock.speed).toBeLessThan(8);
    expect(clock.speed).toBeGreaterThanOrEqual(3);
    for (let look = 0; look < 20; look++) pace.looked(50);
    pace.adjust();
    expect(clock.speed).toBe(60);
  });

  it('jumps over the night to ten minutes before the first mall opens', () => {
    const { clock, pace } = paceAt(ms('2026-11-25T07:00:00Z'));
    pace.adjust();
    expect(clock.now()).toBe(ms('2026-11-25T14:50:00Z'));
  });

  it.each([
    ['an order is open', 1],
    ['nobody has looked yet', null],
  ])('does not jump while %s', (_, open) => {
    const night = ms('2026-11-25T07:00:00Z');
    const { clock, pace } = paceAt(night, { openCount: () => open });
    pace.adjust();
    expect(clock.now()).toBe(night);
  });

  it('does not jump while a mall is open', () => {
    const { clock, pace } = paceAt(noon);
    pace.adjust();
    expect(clock.now()).toBe(noon);
  });
});

describe('shoppers', () => {
  function shoppersAt(at: string, openCount = 0) {
    const clock = new SteppedClock(ms(at));
    const placed: Basket[] = [];
    const shoppers = new Shoppers({
      clock,
      dice: new Dice('1'),
      channel: { place: async (basket) => placed.push(basket) as never },
      malls: pilotMalls,
      addresses: pilotAddresses,
      everySeconds: [120, 180],
      mostOpen: 10,
      openCount: () => openCount,
    });
    return { clock, placed, shoppers };
  }

  it('place one order each two to three minutes', async () => {
    const { clock, placed, shoppers } = shoppersAt('2026-11-24T19:00:00Z');
    for (let next = 0; next < ms('2026-11-24T20:00:00Z'); ) {
      next = await shoppers.step();
      await clock.advanceTo(next);
    }
    expect(placed.length).toBeGreaterThanOrEqual(20);
    expect(placed.length).toBeLessThanOrEqual(30);
    expect(new Set(placed.map(({ mallId }) => mallId)).size).toBe(4);
    for (const { mallId, pickups, dropoff } of placed) {
      const { mall, stores } = pilotMalls.find((document) => document.mall.id === mallId)!;
      const door = pilotAddresses.find(({ address }) => dropoff.address.startsWith(address))!;
      expect(metresBetween(mall.position, door.position)).toBeLessThan(8_000);
      expect(pickups.every(({ storeId }) => stores.some(({ id }) => id === storeId))).toBe(true);
      expect(dropoff.phone).toMatch(/^\+14805550\d{3}$/);
    }
  });

  it('leave malls alone that are closed or about to close', async () => {
    const { placed, shoppers } = shoppersAt('2026-11-25T08:00:00Z');
    await shoppers.step();
    expect(placed).toEqual([]);
  });

  it('wait while enough is under way', async () => {
    const { placed, shoppers } = shoppersAt('2026-11-24T19:00:00Z', 10);
    await shoppers.step();
    expect(placed).toEqual([]);
  });
});

function openOrder(overrides: Partial<OpenOrder> = {}): OpenOrder {
  return {
    orderId: 'ord_1',
    mallId: chandler.id,
    channelId: 'marketplace',
    zone: chandler.zone,
    status: 'created',
    ended: false,
    attention: null,
    placedAt: '2026-11-24T19:00:00.000Z',
    promiseBy: '2026-11-24T21:00:00.000Z',
    pickups: [{ storeId: 's1', storeName: 'One', status: 'pending', readyAt: '2026-11-24T19:10:00.000Z' }],
    driverId: null,
    offerId: null,
    executionName: 'ord_1',
    ...overrides,
  };
}

describe('the order feed', () => {
  it('tells of new orders, of changes and of ends, each once', async () => {
    let open = [openOrder(), openOrder({ orderId: 'ord_2', channelId: 'other' })];
    const told: string[] = [];
    const ended = {
      status: 'delivered',
      endedAt: '2026-11-24T20:00:00.000Z',
      pickups: [],
      trackingUrl: 'http://x/t/1',
    };
    const feed = new OrderFeed({
      operations: { openOrders: async () => open },
      channel: {
        order: async () => ({ ...ended, ...(open.length === 2 && { endedAt: undefined }) }) as unknown as Order,
      },
      channelId: 'marketplace',
      onChange: ({ summary }, before) => told.push(`${summary.orderId} ${before?.status ?? 'new'} ${summary.status}`),
    });
    expect(feed.hasLooked).toBe(false);
    await feed.look();
    await feed.look();
    expect(told).toEqual(['ord_1 new created', 'ord_2 new created']);
    expect(feed.orders().find(({ summary }) => summary.orderId === 'ord_1')!.trackingUrl).toBe('http://x/t/1');
    open = [openOrder({ status: 'assigned' }), open[1]!];
    await feed.look();
    open = [open[1]!];
    await feed.look();
    await feed.look();
    expect(told.slice(2)).toEqual(['ord_1 created assigned', 'ord_1 assigned delivered']);
    expect(feed.open().map(({ summary }) => summary.orderId)).toEqual(['ord_2']);
  });
});

describe('the overview', () => {
  const input = {
    now: ms('2026-11-24T19:30:00Z'),
    speed: 60,
    malls: pilotMalls,
    ended: { delivered: 4, returned: 1 },
    told: { doors: 3, withinP90: 2 },
    spentUsd: { 'Step Functions': 0.004, Lambda: 0.004 },
    executionUrl: (name: string) => `/executions/${name}`,
    waiting: () => [{ state: 'Stores confirm', until: ms('2026-11-24T19:40:00Z') }],
    orders: [{ summary: openOrder({ driverId: 'chandler.ana' }), trackingUrl: null, endedAt: null }],
  };

  it('says who is awaited, who drives, and what an order costs', () => {
    const overview = overviewOf(input);
    expect(overview.counts).toEqual({ open: 1, delivered: 4, returned: 1, cancelled: 0, failed: 0 });
    expect(overview.eta).toEqual({ doors: 3, withinP90Percent: 66.7 });
    expect(overview.cost).toEqual({
      orders: 4,
      perDeliveredOrderUsd: 0.002,
      byComponent: { 'Step Functions': 0.001, Lambda: 0.001 },
    });
    expect(overview.orders[0]).toMatchObject({
      mallName: 'Chandler Fashion Center',
      driverName: 'Ana',
      executionUrl: '/executions/ord_1',
      waitingFor: [{ text: 'Stores confirm', until: '2026-11-24T19:40:00.000Z' }],
    });
    expect(overview.malls.every(({ open }) => open)).toBe(true);
  });

  it('has no cost before something was delivered, and says when a closed mall opens', () => {
    const overview = overviewOf({
      ...input,
      ended: {},
      told: { doors: 0, withinP90: 0 },
      now: ms('2026-11-26T19:00:00Z'),
    });
    expect(overview.cost).toBeNull();
    expect(overview.eta).toBeNull();
    expect(overview.malls[0]).toMatchObject({ open: false, opensAt: '2026-11-27T13:00:00.000Z' });
  });
});

describe('the demo endpoints', () => {
  const persons = new Persons(() => 0);
  const handler = demoHandler({
    cast: castOf(pilotMalls),
    persons,
    mint: async (subject, seconds, claims) => `${subject}|${seconds}|${JSON.stringify(claims)}`,
    overview: () => ({ now: 'now' }),
  });
  const server = createServer((request, response) => {
    void handler(request, response).then((isMine) => isMine || response.writeHead(418).end());
  });
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());
  const token = (body: string) => fetch(`${url}/demo/token`, { method: 'POST', body });

  it('list everybody with their page', async () => {
    const actors = (await (await fetch(`${url}/demo/actors`)).json()) as { id: string; role: string; url: string }[];
    expect(actors.find(({ id }) => id === 'chandler.saguaro-books')).toMatchObject({
      role: 'store',
      mallName: 'Chandler Fashion Center',
      url: '/store?actor=chandler.saguaro-books',
    });
    expect(actors.filter(({ role }) => role === 'driver')).toHaveLength(17);
  });

  it('give a token, and leave that actor to the person', async () => {
    const answer = await (await token('{"actor":"chandler.ana"}')).json();
    expect(answer).toEqual({
      token: 'chandler.ana|900|{"played_by":"person"}',
      expiresInSeconds: 900,
      actor: {
        id: 'chandler.ana',
        role: 'driver',
        name: 'Ana',
        mallId: 'chandler-fashion-center',
        driverId: 'chandler.ana',
      },
    });
    expect(persons.isPlayed('chandler.ana')).toBe(true);
  });

  it.each(['{"actor":"nobody"}', '{}', 'nonsense', ''])('refuse a token for %s', async (body) => {
    const response = await token(body);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ mend: 'GET /demo/actors lists them.' });
  });

  it('know nothing else, and leave other paths alone', async () => {
    expect((await fetch(`${url}/demo/other`)).status).toBe(404);
    expect((await fetch(`${url}/v1/orders`)).status).toBe(418);
    expect(await (await fetch(`${url}/demo/overview`)).json()).toEqual({ now: 'now' });
  });
});
