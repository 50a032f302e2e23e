import { timingSafeEqual } from 'node:crypto';
import { asOfferedTo, wasAsked } from '../domain/asked.ts';
import { type AwayReason, metresAway } from '../domain/away.ts';
import {
  acceptOffer as decideAccept,
  declineOffer as decideDecline,
  endShift as decideEnd,
  startShift as decideStart,
} from '../domain/decide-fleet.ts';
import { decideStop, type StopCommand } from '../domain/decide-stop.ts';
import { type Driver, isStopOpen, type Offer, type Run, type Stop } from '../domain/fleet.ts';
import { asId, type DriverId, type OfferId, type RunId, type StopId } from '../domain/ids.ts';
import { isOpen, nextOpening } from '../domain/opening-hours.ts';
import type { Position } from '../domain/position.ts';
import { isRejection, type Rejection, reject } from '../domain/rejection.ts';
import type { Situation } from '../domain/situation.ts';
import { type Instant, secondsBetween } from '../domain/time.ts';
import { type Fix, fixNear } from '../domain/trail.ts';
import type { StopFailure } from '../domain/undeliverable.ts';
import { type ActOutcome, act, asItWas, ofNoAggregate, type RepeatableRequest } from './act.ts';
import type { Database } from './database.ts';
import { findMall, findStore, findStores } from './directory-reader.ts';
import { clearanceView } from './dossiers.ts';
import { findPersonal } from './personal.ts';
import type { ProofStore, Randomness } from './ports.ts';
import { findTrail } from './positions.ts';
import { proofsOf } from './proofs.ts';
import { refuseOfProvider } from './providers.ts';
import { keys } from './records.ts';
import { load, situationOfDriver, situationOfOffer, unknown } from './situations.ts';
import { suspensionWithTexts } from './suspensions.ts';
import { driverView, offerView, runView } from './views.ts';

export interface DrivingPorts {
  database: Database;
  randomness: Randomness;
  proofs: ProofStore;
}

export async function getDriver(
  { database }: DrivingPorts,
  driverId: DriverId,
  now: Instant,
): Promise<object | Rejection> {
  const driver = await load<Driver>(database.get(keys.driver(driverId)));
  if (!driver) return unknown('driver', driverId);
  const suspension = (await suspensionWithTexts(database, driver)) ?? undefined;
  return { now, ...driverView(driver), suspension, papers: clearanceView(driver, now) };
}

export async function startShift(
  { database }: DrivingPorts,
  driverId: DriverId,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return act(database, request, now, {
    load: async () => {
      const situation = await situationOfDriver(database, driverId);
      if (!situation?.driver) return unknown('driver', driverId);
      return (await refuseOfProvider(database, situation.driver, now)) ?? situation;
    },
    decide: (situation) => decideStart(situation.driver!, now),
    reply: ({ situation }) => ({ status: 200, body: driverView(situation.driver!) }),
  });
}

export async function endShift(
  { database }: DrivingPorts,
  driverId: DriverId,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return act(database, request, now, {
    load: async () => (await situationOfDriver(database, driverId)) ?? unknown('driver', driverId),
    decide: (situation) => decideEnd(situation, now),
    reply: ({ situation }) => ({ status: 200, body: driverView(situation.driver!) }),
  });
}

export async function listOffers({ database }: DrivingPorts, driverId: DriverId, now: Instant): Promise<object> {
  const driver = await load<Driver>(database.get(keys.driver(driverId)));
  const offer = driver?.openOfferId ? await load<Offer>(database.get(keys.offer(driver.openOfferId))) : null;
  const open = offer?.status === 'open' && now < offer.expiresAt ? [offer] : [];
  return { now, data: await Promise.all(open.map((one) => offerWithPlaces(database, asOfferedTo(one, driverId)))) };
}

async function offerWithPlaces(database: Database, offer: Offer): Promise<object> {
  const { meeting } = offer;
  const [mall, stores, other] = await Promise.all([
    findMall(database, offer.mallId),
    findStores(database, offer.storeIds),
    meeting ? load<Driver>(database.get(keys.driver(meeting.driverId))) : null,
  ]);
  return {
    ...offerView(offer),
    meeting: meeting && { name: other?.name ?? null, position: meeting.position },
    mallName: mall?.name ?? null,
    zone: mall?.zone ?? null,
    mallPosition: mall?.position ?? null,
    stores: stores.map((store) => ({ storeId: store.id, name: store.name, level: store.level })),
  };
}

export async function acceptOffer(
  { database, randomness }: DrivingPorts,
  driverId: DriverId,
  offerId: OfferId,
  version: number,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const runId = randomness.id('run', now) as RunId;
  const code = randomness.digits(4);
  return act(database, request, now, {
    load: async () => {
      const situation = ownOffer(await situationOfOffer(database, offerId, driverId), driverId, offerId);
      if (isRejection(situation)) return situation;
      return (await refuseOfProvider(database, situation.offer!, now)) ?? situation;
    },
    decide: (situation) => showingOffer(decideAccept(situation, { version, runId, code }, now), situation),
    reply: ({ situation }) => ({ status: 200, body: runView(situation.run!) }),
  });
}

export async function declineOffer(
  { database }: DrivingPorts,
  driverId: DriverId,
  offerId: OfferId,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return act(database, request, now, {
    load: async () => ownOffer(await situationOfOffer(database, offerId, driverId), driverId, offerId),
    decide: (situation) => showingOffer(decideDecline(situation, now), situation),
    reply: ({ situation }) => ({ status: 200, body: offerView(asOfferedTo(situation.offer!, driverId)) }),
  });
}

/** What the driver's phone sends from a stop. A PIN is compared here and goes no further. */
export type StopAct = { whereabouts?: Omit<Fix, 'at'> | undefined; awayReason?: AwayReason | undefined } & (
  | { type: 'depart' | 'arrive' }
  | { type: 'scan'; label: string }
  | {
      type: 'complete';
      labels: string[];
      leaveMissing: boolean;
      refusedLabels: string[];
      proof?: { kind: 'photo'; photoKey: string } | { kind: 'pin'; pin: string } | undefined;
    }
  | { type: 'fail'; reason: StopFailure; evidence: Extract<StopCommand, { type: 'fail' }>['evidence'] }
);

export async function actAtStop(
  { database, proofs }: DrivingPorts,
  driverId: DriverId,
  stopId: StopId,
  input: StopAct & { occurredAt?: Instant | undefined },
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const pin = input.type === 'complete' && input.proof?.kind === 'pin' ? input.proof.pin : null;
  let pinMatches = false;
  let reopensAt: Instant | null = null;
  let photoRefusal: Promise<Rejection | undefined> | undefined;
  let distance: Promise<number | undefined> | undefined;
  let away: number | undefined;
  return act(database, request, now, {
    load: async () => {
      const situation = await situationOfDriver(database, driverId);
      if (!situation?.run) return reject('no_active_run', 'No run is under way.', 'Accept an offer first.');
      photoRefusal ??= refusePhoto(proofs, input, driverId, stopId);
      const refusal = await photoRefusal;
      if (refusal) return refusal;
      if (pin !== null) pinMatches = await isPinOf(database, situation.run, stopId, pin, now);
      distance ??= distanceFrom(database, situation.run, stopId, input, now);
      away = await distance;
      const isClosed = input.type === 'fail' && input.reason === 'store_closed';
      reopensAt = isClosed ? await reopeningAt(database, situation.run, stopId, now) : null;
      return situation;
    },
    decide: (situation) => {
      const command = stopCommand(situation.run!, stopId, input, { pinMatches, reopensAt, away });
      return isRejection(command) ? command : decideStop(situation, command, now);
    },
    reply: ({ situation, pin: refused, triesLeft, awaited = [] }) =>
      refused
        ? { status: 422, body: pinRefused(triesLeft ?? 0) }
        : { status: 200, body: { run: runView(situation.run!), orders: statusesOf(situation), awaited } },
  });
}

/**
 * A photo is one that this driver took at this stop: another may show another recipient's door. It has to be there
 * before it proves anything; a phone that is offline keeps the act until it could upload.
 */
async function refusePhoto(
  proofs: ProofStore,
  input: StopAct,
  driverId: DriverId,
  stopId: StopId,
): Promise<Rejection | undefined> {
  const proof = input.type === 'complete' && input.proof?.kind === 'photo' ? input.proof.photoKey : undefined;
  const evidence = input.type === 'fail' ? input.evidence.photoKey : undefined;
  const photoKey = proof ?? evidence;
  if (photoKey === undefined) return;
  const pointer = proof ? '/proof/photoKey' : '/evidence/photoKey';
  if (!photoKey.startsWith(proofsOf(driverId, stopId))) {
    return reject(
      'unknown_proof',
      `${photoKey} is no photo that you took at ${stopId}.`,
      'Ask /v1/driver/proofs for a link with this stopId, upload to it, and name its photoKey.',
      { pointer },
    );
  }
  if (await proofs.has(photoKey)) return;
  return reject(
    'proof_not_uploaded',
    `${photoKey} has not been uploaded yet.`,
    'Upload the photo to its link, then send this again; ask for the link again with the same Idempotency-Key if it ran out.',
    { pointer },
  );
}

/** The try was counted, so this refusal is an answer that was committed: a repeat of the request gets it again. */
function pinRefused(triesLeft: number): Rejection {
  return reject(
    'pin_wrong',
    'That PIN is wrong.',
    triesLeft > 0
      ? 'Ask the recipient again: their tracking page shows it.'
      : 'Fail the stop with reason pin_missing; the parcels go back to the stores.',
    { pointer: '/proof/pin', triesLeft },
  );
}

/**
 * Where a photo of a door may be put; its key is then named as proof or evidence. A repeat gets the same key with a
 * fresh link, because the first link may have expired before its answer arrived.
 */
export async function createProofUpload(
  { database, proofs, randomness }: DrivingPorts,
  driverId: DriverId,
  { contentType, stopId }: { contentType: string; stopId: string },
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const photoKey = `${proofsOf(driverId, asId<StopId>(stopId))}${randomness.id('prf', now)}`;
  const made = await act(database, request, now, {
    load: async () => (await refuseLink(database, driverId, asId<StopId>(stopId))) ?? ofNoAggregate,
    decide: asItWas,
    reply: () => ({ status: 200, body: { photoKey, contentType } }),
  });
  if (isRejection(made)) return made;
  const body = made.body as { photoKey: string; contentType: string };
  return { ...made, body: { ...body, uploadUrl: await proofs.uploadUrl(body.photoKey, body.contentType) } };
}

/** A door that is done with needs no photo: none is to come after those of an order were erased. */
async function refuseLink(database: Database, driverId: DriverId, stopId: StopId): Promise<Rejection | undefined> {
  const driver = await load<Driver>(database.get(keys.driver(driverId)));
  const run = driver?.activeRunId && (await load<Run>(database.get(keys.run(driver.activeRunId))));
  if (!run) return reject('no_active_run', 'No run is under way.', 'Accept an offer first.');
  const stop = run.stops.find(({ id }) => id === stopId);
  if (!stop) return reject('unknown_stop', `Stop ${stopId} is not in this run.`, 'Read the run again.');
  if (isStopOpen(stop)) return;
  return reject(
    'stop_done',
    `Stop ${stopId} is ${stop.status}.`,
    'It needs no photo any more; go on with the next stop.',
    {
      current: { status: stop.status },
    },
  );
}

function ownOffer(situation: Situation | null, driverId: DriverId, offerId: OfferId): Situation | Rejection {
  return situation?.offer && wasAsked(situation.offer, driverId) ? situation : unknown('offer', offerId);
}

/** Whoever is refused sees the offer as offers are shown. */
function showingOffer<D>(outcome: D | Rejection, { offer, driver }: Situation): D | Rejection {
  const isOfOffer = isRejection(outcome) && outcome.code.startsWith('offer_');
  return isOfOffer ? { ...outcome, current: offer && offerView(asOfferedTo(offer, driver!.id)) } : outcome;
}

function statusesOf(situation: Situation) {
  return situation.orders.map((order) => ({ orderId: order.id, status: order.status }));
}

/** A failed stop means another thing at a counter, at a door and on a return. */
function stopCommand(
  run: Run,
  stopId: StopId,
  input: StopAct & { occurredAt?: Instant | undefined },
  { pinMatches, reopensAt, away }: { pinMatches: boolean; reopensAt: Instant | null; away: number | undefined },
): StopCommand | Rejection {
  const at = {
    stopId,
    ...(input.occurredAt && { occurredAt: input.occurredAt }),
    ...(away !== undefined && { metresAway: away }),
    ...(input.awayReason && { awayReason: input.awayReason }),
  };
  switch (input.type) {
    case 'complete': {
      const { proof, whereabouts: _, ...rest } = input;
      return {
        ...rest,
        ...at,
        ...(proof && { proof: proof.kind === 'pin' ? { kind: 'pin', matches: pinMatches } : proof }),
      } as StopCommand;
    }
    case 'fail': {
      const kind = run.stops.find((stop) => stop.id === stopId)?.kind;
      const { reason, evidence } = input;
      if (kind === 'pickup' || (kind === 'hand_over' && reason !== 'store_closed')) {
        return { ...at, type: 'leave_without', reason };
      }
      if (kind === 'return' && reason !== 'not_ready') {
        return { ...at, type: 'fail_return', reason, ...(reopensAt && { reopensAt }) };
      }
      if (reason === 'not_ready' || reason === 'store_closed') {
        return reject(
          'reason_not_possible',
          `${reason} is said of a store's counter, and ${stopId} is a ${kind}.`,
          'Give the reason why the parcels could not be handed over.',
          { pointer: '/reason' },
        );
      }
      return { ...at, type: 'fail', reason, evidence };
    }
    case 'scan':
      return { ...at, type: 'scan', label: input.label };
    default:
      return { ...at, type: input.type };
  }
}

/** A position of the same minutes says where the phone was when something was done. */
const sameMinutesSeconds = 120;

/**
 * How far from the stop the phone was, by what it says with the act, or by what it reported about then. Asked only where
 * being there matters; undefined when nobody can tell.
 */
async function distanceFrom(
  database: Database,
  run: Run,
  stopId: StopId,
  { type, whereabouts, occurredAt }: StopAct & { occurredAt?: Instant | undefined },
  now: Instant,
): Promise<number | undefined> {
  const stop = run.stops.find(({ id }) => id === stopId);
  if (!stop || !(type === 'arrive' || (type === 'complete' && stop.kind === 'dropoff'))) return;
  const at = occurredAt ?? now;
  const fix = whereabouts
    ? { at, ...whereabouts }
    : fixNear(await findTrail(database, run.driverId, now), at, sameMinutesSeconds);
  const place = fix && (await placeOf(database, stop, now));
  return place && metresAway(fix, place, Math.abs(secondsBetween(fix.at, at)));
}

async function placeOf(database: Database, stop: Stop, now: Instant): Promise<Position | undefined> {
  if (stop.meeting) return stop.meeting.position;
  if (stop.storeId) return (await findStore(database, stop.storeId))?.position;
  return (await findPersonal(database, stop.orderIds[0]!, now))?.position;
}

/** When the store of a return opens again, if it is closed by its hours; one that should be open is another matter. */
async function reopeningAt(database: Database, run: Run, stopId: StopId, now: Instant): Promise<Instant | null> {
  const storeId = run.stops.find((stop) => stop.id === stopId)?.storeId;
  const [mall, stores] = await Promise.all([
    findMall(database, run.mallId),
    findStores(database, storeId ? [storeId] : []),
  ]);
  const [store] = stores;
  if (!mall || !store || isOpen(store.hours, mall.zone, now)) return null;
  return nextOpening(store.hours, mall.zone, now);
}

async function isPinOf(database: Database, run: Run, stopId: StopId, pin: string, now: Instant): Promise<boolean> {
  const orderId = run.stops.find((stop) => stop.id === stopId)?.orderIds[0];
  const personal = orderId && (await findPersonal(database, orderId, now));
  const expected = Buffer.from(personal?.pin ?? '');
  const given = Buffer.from(pin);
  return expected.length > 0 && expected.length === given.length && timingSafeEqual(expected, given);
}
