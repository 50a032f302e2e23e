import type { Driver } from '../domain/fleet.ts';
import type { DriverId } from '../domain/ids.ts';
import type { Rejection } from '../domain/rejection.ts';
import type { Decision, Situation } from '../domain/situation.ts';
import {
  appealSuspension,
  reinstateDriver,
  type Suspension,
  type SuspensionReason,
  suspendDriver,
  upholdSuspension,
} from '../domain/suspension.ts';
import { epochMs, type Instant } from '../domain/time.ts';
import { type ActOutcome, act, ofNoAggregate, type RepeatableRequest } from './act.ts';
import type { Database, Item, Write } from './database.ts';
import { keys } from './records.ts';
import { load, situationOfDriver, unknown } from './situations.ts';
import { driverView } from './views.ts';

interface Ports {
  database: Database;
}

/** What both sides wrote: words are where names end up, so they are kept with what is personal, and not for ever. */
export interface SuspensionTexts {
  note?: string;
  appeal?: string;
  answer?: string;
}

/** As long as the audit says who did it. */
const textsKeptDays = 400;

/** From the same instant on there are no offers, and whoever was to answer one finds it withdrawn. */
export function suspend(
  { database }: Ports,
  driverId: DriverId,
  { reason, note }: { reason: SuspensionReason; note?: string | undefined },
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return change(database, driverId, request, now, {
    load: () => situationOfDriver(database, driverId),
    decide: (situation) => suspendDriver(situation, reason, now),
    texts: note ? { note } : {},
  });
}

export function reinstate(
  { database }: Ports,
  driverId: DriverId,
  answer: string | undefined,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return change(database, driverId, request, now, {
    load: () => alone(database, driverId),
    decide: ({ driver }) => reinstateDriver(driver!, now),
    texts: answer ? { answer } : {},
  });
}

export function uphold(
  { database }: Ports,
  driverId: DriverId,
  answer: string,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return change(database, driverId, request, now, {
    load: () => alone(database, driverId),
    decide: ({ driver }) => upholdSuspension(driver!, now),
    texts: { answer },
  });
}

export function appeal(
  { database }: Ports,
  driverId: DriverId,
  text: string,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return change(database, driverId, request, now, {
    load: () => alone(database, driverId),
    decide: ({ driver }) => appealSuspension(driver!, now),
    texts: { appeal: text },
  });
}

/** The suspension with what was written about it; null for whoever is not suspended, or was before reasons were kept. */
export async function suspensionWithTexts(
  database: Database,
  { id, suspension }: Pick<Driver, 'id' | 'suspension'>,
): Promise<(Suspension & { texts: SuspensionTexts }) | null> {
  if (!suspension) return null;
  const item = await database.get(keys.suspensionTexts(id, suspension.since));
  return { ...suspension, texts: (item?.data as SuspensionTexts | undefined) ?? {} };
}

/** Who somebody is has nothing to do with what they carry; a suspension alone has. */
async function alone(database: Database, driverId: DriverId): Promise<Situation | null> {
  const driver = await load<Driver>(database.get(keys.driver(driverId)));
  return driver && { ...ofNoAggregate, driver };
}

function change(
  database: Database,
  driverId: DriverId,
  request: RepeatableRequest,
  now: Instant,
  step: {
    load: () => Promise<Situation | null>;
    decide: (situation: Situation) => Decision | Rejection;
    texts: SuspensionTexts;
  },
): Promise<ActOutcome | Rejection> {
  let before: Driver;
  let written: Item | null;
  return act(database, request, now, {
    load: async () => {
      const situation = await step.load();
      if (!situation?.driver) return unknown('driver', driverId);
      before = situation.driver;
      const since = before.suspension?.since ?? now;
      written = await database.get(keys.suspensionTexts(driverId, since));
      return situation;
    },
    decide: step.decide,
    also: ({ situation }) => {
      const since = (before.suspension ?? situation.driver!.suspension)?.since;
      const isNews = situation.driver !== before && Object.keys(step.texts).length > 0;
      return since && isNews ? [textsWrite(driverId, since, { ...(written?.data as object), ...step.texts }, now)] : [];
    },
    reply: ({ situation }) => ({ status: 200, body: driverView(situation.driver!) }),
  });
}

function textsWrite(driverId: DriverId, since: Instant, data: SuspensionTexts, now: Instant): Write {
  const { pk, sk } = keys.suspensionTexts(driverId, since);
  const expiresAt = Math.floor(epochMs(now) / 1000) + textsKeptDays * 86_400;
  return { kind: 'put', table: 'personal', item: { pk, sk, data, expiresAt }, ifVersion: 'any' };
}
