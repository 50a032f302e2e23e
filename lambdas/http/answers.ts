import * as z from 'zod/mini';
import { stopKinds } from '../domain/fleet.ts';
import { holdReasons } from '../domain/proposals.ts';
import { waitKeys } from '../domain/waits.ts';
import { apiKey, mall, mallStanding, store } from './answers/directory.ts';
import {
  block,
  blockOfDriver,
  driver,
  earned,
  missedBlock,
  offer,
  offerWithPlaces,
  ownDriver,
  run,
  runWithPlaces,
  stopAct,
} from './answers/drivers.ts';
import {
  application,
  applicationInFull,
  documentLink,
  dossier,
  driverInFull,
  openings,
  ownApplication,
  ownApplicationRead,
  rowOfApplication,
  rowOfDriver,
} from './answers/joining.ts';
import { handOverSide, openOrder, openOrderFields, wait } from './answers/operations.ts';
import { handOverRecord, order, orderWithLink, pickup, tip } from './answers/ordering.ts';
import { type AnswerSchema, attention, away, count, eta, instant, text } from './answers/parts.ts';
import { auditEntry, person } from './answers/people.ts';
import { passedProviders, provider, providerChoice } from './answers/providers.ts';
import { tracking } from './answers/tracking.ts';
import { orderEvent } from './event-schemas.ts';
import { type OperationId, type Route, routes } from './routes.ts';
import { keptSchemas } from './schemas/directory.ts';
import { position } from './schemas/parts.ts';

const channel = z.extend(keptSchemas.keeper, { id: text });
const retailer = z.extend(keptSchemas.retailer, { id: text });

const ok = (body: z.ZodMiniType): AnswerSchema => ({ status: 200, body });
const listOf = (item: z.ZodMiniType, more: Record<string, z.ZodMiniType> = {}) =>
  ok(z.strictObject({ ...more, data: z.array(item) }));
const nextCursor = z.nullable(text);

export const answers = {
  placeOrder: { status: 201, body: order },
  listOrders: listOf(order, { nextCursor }),
  getOrder: ok(orderWithLink),
  listOrderEvents: listOf(orderEvent),
  cancelOrder: ok(order),
  decideOnOrder: ok(order),
  tipOrder: ok(tip),
  eraseOrder: ok(order),
  listPickups: listOf(pickup, {
    now: instant,
    nextCursor,
    mall: z.nullable(z.strictObject({ zone: text, ...mallStanding })),
  }),
  getPickup: ok(pickup),
  acceptPickup: ok(pickup),
  rejectPickup: ok(pickup),
  delayPickup: ok(pickup),
  readyPickup: ok(pickup),
  handOverPickup: ok(pickup),
  acknowledgeStop: ok(pickup),
  getDriver: ok(ownDriver),
  startShift: ok(driver),
  endShift: ok(driver),
  reportPositions: ok(
    z.strictObject({
      accepted: count,
      ignored: z.strictObject({ known: count, future: count, too_old: count, impossible: count }),
    }),
  ),
  listOffers: listOf(offerWithPlaces, { now: instant }),
  acceptOffer: ok(run),
  declineOffer: ok(offer),
  getRun: ok(z.strictObject({ now: instant, run: z.nullable(runWithPlaces) })),
  departForStop: ok(stopAct),
  arriveAtStop: ok(stopAct),
  scanAtStop: ok(stopAct),
  completeStop: ok(stopAct),
  failStop: ok(stopAct),
  giveParcels: ok(z.strictObject({ orderId: text, labels: z.array(text), occurredAt: instant, mismatch: z.boolean() })),
  applyBlock: ok(block),
  listBlocks: listOf(block),
  listBlocksForDriver: listOf(blockOfDriver, { now: instant, zone: z.nullable(text), missed: z.array(missedBlock) }),
  bookBlock: ok(blockOfDriver),
  forfeitBlock: ok(blockOfDriver),
  checkIn: ok(driver),
  listEarnings: listOf(earned, { now: instant, zone: z.nullable(text), nextCursor }),
  createProofUpload: ok(z.strictObject({ photoKey: text, uploadUrl: z.url(), contentType: text })),
  readDocuments: ok(z.strictObject({ now: instant, ...dossier.shape })),
  createDriverDocumentUpload: ok(documentLink),
  submitDriverDocument: ok(dossier),
  appealSuspension: ok(driver),
  readOpenings: ok(openings),
  applyToDrive: { status: 201, body: z.strictObject({ applicationId: text, token: text }) },
  readOwnApplication: ok(ownApplicationRead),
  createDocumentUpload: ok(documentLink),
  submitDocument: ok(ownApplication),
  withdrawApplication: ok(ownApplication),
  track: ok(tracking),
  listWaiting: listOf(
    z.strictObject({
      ...openOrderFields,
      reason: text,
      waits: z.array(wait),
      ageSeconds: z.number(),
      secondsToPromise: z.number(),
    }),
    { now: instant },
  ),
  listOpenOrders: listOf(openOrder, { now: instant }),
  inspectOrder: ok(
    z.strictObject({
      now: instant,
      order,
      eta: z.optional(eta),
      attention,
      carriage: z.nullable(z.extend(handOverSide, { assignedAt: instant })),
      /** Why nobody had been asked when its mall was last planned. */
      held: z.nullable(
        z.strictObject({ why: z.enum(holdReasons), driverId: z.nullable(text), passed: z.optional(passedProviders) }),
      ),
      /** Providers that had their turn with it. */
      passedBy: z.array(text),
      handOvers: z.array(
        z.strictObject({
          storeId: text,
          storeName: text,
          store: z.nullable(handOverRecord),
          driver: z.nullable(handOverRecord),
          mismatchSince: z.optional(instant),
        }),
      ),
      driverHandOvers: z.array(
        z.strictObject({
          from: handOverSide,
          to: z.nullable(handOverSide),
          position,
          why: text,
          until: instant,
          overAt: z.optional(instant),
          given: z.nullable(handOverRecord),
          taken: z.nullable(handOverRecord),
          mismatchSince: z.optional(instant),
        }),
      ),
      offerId: z.nullable(text),
      workflowGeneration: count,
      executionName: text,
      deadlines: z.record(z.enum(waitKeys), instant),
      away: z.array(
        z.strictObject({
          act: z.enum(['arrived', 'delivered']),
          stop: z.enum(stopKinds),
          storeId: z.optional(text),
          ...away.shape,
          at: z.optional(instant),
        }),
      ),
      waits: z.array(wait),
      events: z.array(orderEvent),
    }),
  ),
  reassignOrder: listOf(openOrder),
  resolveOrder: ok(openOrder),
  listMalls: listOf(mall),
  getMall: ok(mall),
  applyMall: ok(mall),
  setMallState: ok(mall),
  listStores: listOf(store),
  applyStore: ok(store),
  applyRetailer: ok(retailer),
  readProviderChoice: ok(providerChoice),
  chooseProviders: ok(providerChoice),
  applyChannel: ok(channel),
  createKey: ok(
    z.strictObject({
      keyId: text,
      owner: keptSchemas.owner,
      algorithm: z.literal('HS256'),
      createdAt: instant,
      secret: text,
    }),
  ),
  listKeys: listOf(apiKey, { nextCursor }),
  revokeKey: ok(apiKey),
  applyDriver: ok(driver),
  listProviders: listOf(provider, { now: instant }),
  getProvider: ok(z.strictObject({ now: instant, provider, drivers: z.array(driver) })),
  applyProvider: ok(provider),
  suspendProvider: ok(provider),
  reinstateProvider: ok(provider),
  listApplications: listOf(rowOfApplication, { now: instant, nextCursor }),
  inspectApplication: ok(applicationInFull),
  judgeApplicationDocument: ok(application),
  recordCheck: ok(application),
  approveApplication: ok(z.strictObject({ ...application.shape, signIn: z.enum(['invited', 'bind']) })),
  refuseApplication: ok(application),
  listDrivers: listOf(rowOfDriver, { now: instant, nextCursor }),
  inspectDriver: ok(driverInFull),
  judgeDriverDocument: ok(dossier),
  suspendDriver: ok(driver),
  reinstateDriver: ok(driver),
  upholdSuspension: ok(driver),
  readMe: ok(person),
  listPeople: listOf(person, { nextCursor }),
  invitePerson: ok(person),
  applyPerson: ok(person),
  suspendPerson: ok(person),
  reinstatePerson: ok(person),
  createPairingCode: ok(z.strictObject({ storeId: text, expiresAt: instant, code: text })),
  pairDevice: { status: 201, body: z.strictObject({ deviceId: text, storeId: text, storeName: text }) },
  listAudit: listOf(auditEntry, { nextCursor }),
  getOpenApi: ok(z.record(text, z.unknown())),
} as const satisfies Record<OperationId, AnswerSchema>;

/** The operation behind a request as it was sent; undefined when there is none. */
export function operationOf(method: string, path: string): OperationId | undefined {
  const segments = path.split('?')[0]!.split('/');
  return (routes as readonly Route[]).find((route) => {
    const pattern = route.path.split('/');
    const fits = (part: string, index: number) => part.startsWith('{') || part === segments[index];
    return route.method === method && pattern.length === segments.length && pattern.every(fits);
  })?.operationId as OperationId | undefined;
}

/** What is wrong with an answer of 2xx: a property nobody documented is wrong as well. */
export function answerBreaches(method: string, path: string, status: number, body: unknown): string[] {
  const operationId = operationOf(method, path);
  if (!operationId || status >= 300) return [];
  const schema: AnswerSchema = answers[operationId];
  const result = z.safeParse(schema.body, body);
  const issues = result.success ? [] : result.error.issues;
  return [
    ...(status === schema.status ? [] : [`${operationId} answered ${status} where ${schema.status} is documented.`]),
    ...issues.map((issue) => {
      const keys = issue.code === 'unrecognized_keys' ? `: ${issue.keys.join(', ')}` : '';
      return `${operationId} answered /${issue.path.join('/')}: ${issue.message}${keys}`;
    }),
  ];
}
