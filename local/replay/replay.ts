import { SteppedClock } from '../clock.ts';
import { type Cloud, startCloud } from '../cloud.ts';
import { found } from '../founding.ts';
import { usualGbSeconds } from '../meter/billed-durations.ts';
import { costOf, type Usage } from '../meter/usage-meter.ts';
import { type OrderRecord, violationsOf } from '../scenario/invariants.ts';
import { type MallDay, mallDayOf } from './day.ts';
import { figuresOf, type OrderOutcome, type ReplayFigures } from './figures.ts';
import type { Instance } from './instance.ts';
import { MemoryByQuarter } from './memory-by-quarter.ts';
import { People } from './people.ts';

export interface ReplayOptions {
  instance: Instance;
  assemblyDirectory: string;
  dataDirectory: string;
  seed: number;
  /** The first so many orders of the day. */
  count?: number | undefined;
  /** Business seconds in a wall second; `max` jumps from event to event. */
  speed: number | 'max';
  onProgress?: (progress: Progress) => void;
}

export interface Progress {
  /** Orders of the day. */
  total: number;
  placed: number;
  settled: number;
  /** Business ms. */
  now: number;
}

export interface Replay {
  figures: ReplayFigures;
  outcomes: OrderOutcome[];
  /** Acts that the API refused where an actor expected otherwise, and calls that IAM denied. */
  problems: string[];
}

const minuteMs = 60_000;
/** Between the founding of the mall and the first minute of the day. */
const preparationMs = 10 * minuteMs;
/** What has not ended so long after closing never will: returns and decisions have their deadlines before. */
const lastStretchMs = 12 * 60 * minuteMs;
/** The last transitions of an execution follow the settlement of its order. */
const tailMs = minuteMs;
const progressMs = 250;
const memoryMs = 1_000;

/** Plays a published day through the API of an embedded cloud of its own, to the end of its last order. */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const { instance, seed, speed } = options;
  const day = mallDayOf(instance, { seed, count: options.count });
  const startAt = day.startsAt - preparationMs;
  const problems: string[] = [];
  const cloud = await startCloud({
    assemblyDirectory: options.assemblyDirectory,
    dataDirectory: options.dataDirectory,
    clock: speed === 'max' ? { stepped: true, startAt } : { startAt },
    seed: `replay ${seed}`,
    lambda: { concurrency: 10, environments: 24, queueWaitMs: 20_000, idleMs: 600_000 },
    dynamoDbEndpoint: process.env.DYNAMODB_ENDPOINT,
    access: { onDenied: ({ message }) => problems.push(message) },
  });
  try {
    const { credentials } = await found(cloud, [day.mall]);
    const people = new People(cloud, instance, day, credentials.channels[0]!, seed);
    const before = cloud.meter.usage();
    const startedAt = performance.now();
    const memory = new MemoryByQuarter();
    const orderIds = await play(cloud, day, people, memory, options);
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const costUsd = costBetween(before, cloud.meter.usage(), cloud);
    const outcomes = await outcomesOf(cloud, day, people, orderIds);
    const figures = figuresOf(outcomes, {
      costUsd,
      punctuality: people.told.punctuality,
      wallSeconds,
      usualMb: memory.usualMb,
      peakMb: memory.peakMb,
      seed,
      instance: instance.name,
    });
    return { figures, outcomes, problems: [...problems, ...people.problems] };
  } finally {
    await cloud.stop();
  }
}

/** Answers the ids of the API by those of the instance. */
async function play(
  cloud: Cloud,
  day: MallDay,
  people: People,
  memory: MemoryByQuarter,
  { speed, onProgress }: ReplayOptions,
): Promise<Map<string, string>> {
  const { clock } = cloud;
  const total = day.placements.length;
  const orderIds = new Map<string, string>();
  const settled = new Set<string>();
  cloud.buses.observe((_, { 'detail-type': type, detail }) => {
    if (type === 'order.settled') settled.add((detail as { orderId: string }).orderId);
  });
  for (const placement of day.placements)
    clock.schedule(placement.at, async () => {
      orderIds.set(placement.orderId, await people.place(placement));
    });
  const isOver = () => settled.size === total;
  const limit = day.closesAt + lastStretchMs;
  const tell = () => onProgress?.({ total, placed: orderIds.size, settled: settled.size, now: clock.now() });
  const telling = setInterval(tell, progressMs);
  const weighing = setInterval(() => memory.see(settled.size / total, cloud.memory()), memoryMs);
  try {
    if (clock instanceof SteppedClock) {
      await clock.runUntil(limit, isOver);
      await clock.advanceBy(tailMs);
    } else {
      clock.jumpTo(day.startsAt);
      clock.setSpeed(speed as number);
      while (!isOver() && clock.now() < limit) await wallMs(progressMs);
      await wallMs(tailMs / clock.speed);
    }
  } finally {
    clearInterval(telling);
    clearInterval(weighing);
    memory.see(1, cloud.memory());
    await people.goHome();
  }
  tell();
  return orderIds;
}

/** In the order of the day, one at a time: more would start further children of each function. One never taken is `refused`. */
async function outcomesOf(
  cloud: Cloud,
  day: MallDay,
  people: People,
  orderIds: Map<string, string>,
): Promise<OrderOutcome[]> {
  const outcomes: OrderOutcome[] = [];
  for (const { orderId } of day.placements) {
    outcomes.push(await outcomeOf(cloud, people, orderId, orderIds.get(orderId)));
  }
  return outcomes;
}

async function outcomeOf(cloud: Cloud, people: People, orderId: string, id: string | undefined): Promise<OrderOutcome> {
  if (id === undefined)
    return { orderId, status: 'refused', clickToDoorSeconds: null, transitions: 0, violations: ['it was not taken'] };
  const [order, events, inspection] = await Promise.all([
    people.channel.order(id),
    people.channel.events(id),
    people.operations.inspect(id),
  ]);
  const execution = cloud.executions.describe(inspection.executionName);
  const record: OrderRecord = { order, events, inspection, execution };
  return {
    orderId,
    status: order.status,
    clickToDoorSeconds:
      order.status === 'delivered' ? (Date.parse(order.endedAt!) - Date.parse(order.placedAt)) / 1000 : null,
    transitions: execution?.transitions ?? 0,
    violations: violationsOf(record),
  };
}

/** USD by component; what Lambda bills for time is as on AWS, not as on this machine. */
function costBetween(before: Usage, after: Usage, { deployment }: Cloud): Record<string, number> {
  const seconds = (usage: Usage) => usualGbSeconds(deployment, usage.byResource);
  const units = Object.entries(after.units).map(([unit, quantity]) => [unit, quantity - (before.units[unit] ?? 0)]);
  const billed = { ...Object.fromEntries(units), 'lambda.gbSecond': seconds(after) - seconds(before) };
  return costOf(billed).byComponent;
}

function wallMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
