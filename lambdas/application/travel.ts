import type { Position } from '../domain/position.ts';
import {
  type Admission,
  admit,
  answered,
  type GateLimits,
  newGate,
  type RouteGate,
  unanswered,
} from '../domain/route-gate.ts';
import { epochMs, type Instant, plusMinutes } from '../domain/time.ts';
import { type Drive, fallbackTravel, scaled, type Travel, travelKey, type WhyEstimated } from '../domain/travel.ts';
import { CommitRefused, type Database, hasExpired, type Item, type Write } from './database.ts';
import type { Randomness, Routes } from './ports.ts';
import { keys } from './records.ts';

/** How travel is found out; without `routes`, from the straight line alone, and nothing is read or written. */
export interface TravelPorts {
  database: Database;
  randomness: Randomness;
  routes?: { service: Routes; limits: RouteLimits } | null;
}

/** Within the service's quota, which is another for one drive than for several at once. */
export interface RouteLimits extends GateLimits {
  /** Tokens that a request for several drives takes; one for a single drive takes 1. */
  severalCost: number;
  /** Drives of one request at most. */
  atOnce: number;
}

export interface TravelFound {
  /** In the sequence of the places asked for. */
  travel: Travel[];
  /** Drives paid for. */
  paid: number;
}

/** What is kept of an answer; null where no road leads. */
interface KeptAnswer {
  drive: Drive | null;
  estimate: Drive;
}

/** Kept for the hour it speaks of, and the next in which it may still be asked for. */
const keptMinutes = 120;
/** Rivals for the gate: who loses so often in a row goes without. */
const gateTries = 3;

/**
 * How one gets from a place to others, leaving at about `departAt`: kept answers first, then the service, as far as its
 * quota and its health allow, and else an estimate that says so. It never throws for what the service does, and asks it
 * once at most.
 */
export async function travelFrom(
  ports: TravelPorts,
  from: Position,
  to: readonly Position[],
  departAt: Instant,
  now: Instant,
): Promise<TravelFound> {
  const estimates = to.map((place) => fallbackTravel(from, place));
  if (!ports.routes || to.length === 0) return { travel: estimates, paid: 0 };
  const { service, limits } = ports.routes;
  const places = to.map((place, index) => ({
    place,
    estimate: estimates[index]!,
    key: travelKey(from, place, departAt),
  }));
  const kept = await keptAnswers(ports.database, new Set(places.map(({ key }) => key)), now);
  const missing = [...new Map(places.filter(({ key }) => !kept.has(key)).map((one) => [one.key, one])).values()];
  const wanted = missing.slice(0, limits.atOnce);
  const asked = wanted.length === 0 ? nothing : await ask(ports, service, limits, wanted, { from, departAt, now });
  if (asked.answers) await keepAnswers(ports.database, asked.answers, now);
  const travel = places.map(({ key, place, estimate }): Travel => {
    const answer = kept.get(key) ?? asked.answers?.get(key);
    if (answer?.drive) {
      const isThisVery = wanted.some((one) => one.key === key && one.place.join() === place.join()) && !kept.has(key);
      return isThisVery
        ? { ...answer.drive, source: 'service' }
        : { ...scaled({ drive: answer.drive, estimate: answer.estimate }, estimate), source: 'cache' };
    }
    return { ...estimate, because: answer ? 'no_road' : (asked.because ?? 'quota') };
  });
  return { travel, paid: asked.answers ? wanted.length : 0 };
}

interface Asked {
  answers?: Map<string, KeptAnswer>;
  because?: WhyEstimated;
}

const nothing: Asked = {};

async function ask(
  ports: TravelPorts,
  service: Routes,
  limits: RouteLimits,
  wanted: readonly { key: string; place: Position; estimate: Travel }[],
  { from, departAt, now }: { from: Position; departAt: Instant; now: Instant },
): Promise<Asked> {
  const cost = wanted.length > 1 ? limits.severalCost : 1;
  const admission = await passGate(ports, limits, cost, now);
  if (!admission.admitted) return { because: admission.because };
  try {
    const drives = await service.drives(
      from,
      wanted.map(({ place }) => place),
      departAt,
    );
    await report(ports, admission.gate, (gate) => answered(gate));
    return {
      answers: new Map(
        wanted.map(({ key, estimate: { metres, seconds } }, index) => [
          key,
          { drive: drives[index] ?? null, estimate: { metres, seconds } },
        ]),
      ),
    };
  } catch {
    // What the service does is no fault of ours, and nobody who plans should stop for it.
    await report(ports, admission.gate, (gate) => unanswered(gate, now));
    return { because: 'unavailable' };
  }
}

async function keptAnswers(
  database: Database,
  wanted: ReadonlySet<string>,
  now: Instant,
): Promise<Map<string, KeptAnswer>> {
  const items = await database.getMany([...wanted].map((key) => keys.travel(key)));
  const fresh = items.filter((item) => !hasExpired(item, epochMs(now)));
  return new Map(fresh.map((item) => [item.pk.slice(keys.travel('').pk.length), item.answer as KeptAnswer]));
}

async function keepAnswers(database: Database, answers: Map<string, KeptAnswer>, now: Instant): Promise<void> {
  const expiresAt = Math.floor(epochMs(plusMinutes(now, keptMinutes)) / 1000);
  for (const [key, answer] of answers) {
    const { pk, sk } = keys.travel(key);
    const item: Item = { pk, sk, answer, expiresAt };
    await database.commit([{ kind: 'put', table: 'requests', item, ifVersion: 'any' }]);
  }
}

/** Takes tokens for all who ask, by a conditional write. */
async function passGate(ports: TravelPorts, limits: GateLimits, cost: number, now: Instant): Promise<Admission> {
  for (let attempt = 1; attempt <= gateTries; attempt++) {
    const item = await ports.database.get(keys.routeGate());
    const admission = admit(gateOf(item) ?? newGate(limits, now), cost, limits, now);
    if (!admission.admitted || (await wrote(ports, admission.gate, item?.version))) return admission;
    await ports.database.yieldToRivals(attempt);
  }
  return { admitted: false, because: 'quota' };
}

/** Notes what came of a request, on the gate as it now is. Lost against rivals, it is left to the next request. */
async function report(ports: TravelPorts, taken: RouteGate, change: (gate: RouteGate) => RouteGate): Promise<void> {
  // The usual case, an answer while all is well, costs no read and no write.
  if (change(taken) === taken) return;
  const item = await ports.database.get(keys.routeGate());
  const gate = gateOf(item);
  if (item && gate) await wrote(ports, change(gate), item.version);
}

async function wrote(
  { database, randomness }: TravelPorts,
  gate: RouteGate,
  version: number | undefined,
): Promise<boolean> {
  const { pk, sk } = keys.routeGate();
  // Two who write the same would both count as the one who wrote it.
  const item: Item = { pk, sk, version: (version ?? 0) + 1, gate, by: randomness.capability() };
  const write: Write = { kind: 'put', table: 'requests', item, ifVersion: version ?? 'absent' };
  try {
    await database.commit([write]);
    return true;
  } catch (error) {
    if (error instanceof CommitRefused) return false;
    throw error;
  }
}

function gateOf(item: Item | null): RouteGate | undefined {
  return item?.gate as RouteGate | undefined;
}
