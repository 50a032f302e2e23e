import type { OperationId, routes } from '../../lambdas/http/routes.ts';
import { application } from './joiner.ts';
import type { World } from './world.ts';

export interface Targets {
  orderId: string;
  offerId: string;
  version: number;
  trackingToken: string;
}

type Path = (typeof routes)[number]['path'];

/** The path of a route with the ids of things that are there and belong to the first of each kind. */
export function pathTo(path: Path, { mall, keys }: World, { orderId, offerId, trackingToken }: Targets): string {
  const values: Record<string, string> = {
    orderId,
    offerId,
    blockId: 'lunch',
    providerId: 'vans-inc',
    token: trackingToken,
    storeId: mall.stores[0]!.id,
    mallId: mall.mall.id,
    stopId: `pickup-${mall.stores[0]!.id}`,
    retailerId: mall.retailers[0]!.id,
    channelId: mall.channels[0]!.id,
    driverId: mall.drivers[0]!.id,
    subject: mall.drivers[0]!.id,
    keyId: keys.otherChannel.keyId,
    applicationId: 'app_nothing',
    documentId: `doc_${'0'.repeat(26)}`,
  };
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`No value for {${name}} of ${path}: add one here.`);
    return value;
  });
}

/** A body that each operation takes; undefined where it takes none. So a refusal is for the reason under test. */
export function bodyFor(operationId: OperationId, world: World, { version, orderId }: Targets): object | undefined {
  const { mall } = world;
  const later = '2026-12-01T19:40:00Z';
  const bodies: Partial<Record<OperationId, object>> = {
    placeOrder: world.basket(),
    decideOnOrder: { kind: 'late_store', storeId: mall.stores[0]!.id, choice: 'wait' },
    applyBlock: {
      startsAt: '2026-12-02T19:00:00Z',
      endsAt: '2026-12-02T21:00:00Z',
      places: 2,
      guaranteedCentsPerHour: 1800,
    },
    tipOrder: { amountCents: 300 },
    acceptPickup: { readyAt: later },
    rejectPickup: { reason: 'out_of_stock', note: 'None left' },
    delayPickup: { readyAt: later },
    readyPickup: { parcels: [{ label: 'MW-1' }], missingLineIds: [] },
    handOverPickup: { runCode: '1234', labels: ['MW-1'] },
    reportPositions: { positions: [{ at: '2026-12-01T19:00:00Z', position: [-111.9, 33.3] }] },
    acceptOffer: { version },
    departForStop: { occurredAt: '2026-12-01T19:00:00Z' },
    arriveAtStop: { occurredAt: '2026-12-01T19:00:00Z' },
    scanAtStop: { label: 'MW-1' },
    completeStop: { labels: ['MW-1'], leaveMissing: false, refusedLabels: [], proof: { kind: 'pin', pin: '123456' } },
    failStop: {
      reason: 'customer_unavailable',
      evidence: { contactAttempts: 2, photoKey: 'proofs/a', position: [-111.9, 33.3], note: 'Nobody answers' },
    },
    createProofUpload: { contentType: 'image/jpeg', stopId: `dropoff-${orderId}` },
    giveParcels: { runCode: '1234', labels: ['MW-1'] },
    reassignOrder: { reason: 'no_show' },
    resolveOrder: { resolution: 'cancel' },
    applyMall: { name: 'Mall', zone: mall.mall.zone, position: mall.mall.position, hours: mall.mall.hours },
    setMallState: { state: 'paused', reason: 'A burst pipe' },
    applyStore: {
      retailerId: mall.retailers[0]!.id,
      mallId: mall.mall.id,
      name: 'Store',
      level: '1',
      position: mall.mall.position,
      hours: mall.mall.hours,
    },
    applyProvider: {
      kind: 'delivery_partner',
      name: 'Vans Inc.',
      zone: mall.mall.zone,
      vehicles: ['van', 'car'],
      mallIds: [mall.mall.id],
      cities: ['Chandler, AZ'],
      hours: mall.mall.hours,
      insurances: ['commercial_auto', 'workers_compensation', 'cargo_liability'].map((kind) => ({
        kind,
        expiresOn: '2027-06-30',
      })),
    },
    suspendProvider: { reason: 'Complaints of stores' },
    applyRetailer: { name: 'Retailer', providers: { inOrder: ['gig'], fallbackAfterMinutes: 15 } },
    chooseProviders: { choice: { inOrder: ['gig'], fallbackAfterMinutes: 15 } },
    applyChannel: { name: 'Channel' },
    createKey: { owner: { kind: 'channel', channelId: mall.channels[0]!.id } },
    applyDriver: { name: 'Driver', mallId: mall.mall.id, vehicle: 'car', status: 'active' },
    createDriverDocumentUpload: { contentType: 'image/jpeg' },
    submitDriverDocument: { documentId: `doc_${'0'.repeat(26)}`, kind: 'driving_licence', expiresOn: '2028-01-01' },
    appealSuspension: { text: 'It was somebody else.' },
    applyToDrive: application(world),
    createDocumentUpload: { contentType: 'image/jpeg' },
    submitDocument: { documentId: `doc_${'0'.repeat(26)}`, kind: 'driving_licence', expiresOn: '2028-01-01' },
    judgeApplicationDocument: { outcome: 'refused', reason: 'unreadable' },
    judgeDriverDocument: { outcome: 'refused', reason: 'unreadable' },
    recordCheck: { outcome: 'clear', reference: 'BC-7' },
    refuseApplication: { reason: 'not_old_enough', note: 'Come back in May.' },
    suspendDriver: { reason: 'conduct', note: 'Shouted at a store.' },
    reinstateDriver: { answer: 'We looked again.' },
    upholdSuspension: { answer: 'It stays.' },
    invitePerson: { email: 'kim@example.com', name: 'Kim', role: { kind: 'operations' } },
    pairDevice: {
      code: 'ACDE-FGHJKM',
      name: 'Counter tablet',
      publicKey: { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) },
    },
    applyPerson: { role: { kind: 'driver', driverId: mall.drivers[0]!.id } },
  };
  return bodies[operationId];
}
