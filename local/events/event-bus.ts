import { z } from 'zod';
import { accountId, arn, region } from '../assembly/home.ts';
import type { Clock } from '../clock.ts';
import {
  awsJsonError,
  jsonBody,
  type Meter,
  type ServiceHandler,
  type ServiceRequest,
  type ServiceResponse,
} from '../services.ts';

/** An event as rules see it. Source: "Events structure", EventBridge User Guide. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
}

export interface EventBusesOptions {
  /** Of the template. */
  names: string[];
  clock: Clock;
  meter: Meter;
  newId: () => string;
}

type Observer = (bus: string, event: BusEvent) => void;

/** API reference, PutEvents, and "EventBridge quotas": what one call and one entry may hold. */
const entriesPerCall = 10;
const bytesPerCall = 256 * 1024;
const billedBytes = 64 * 1024;

const entry = z.strictObject({
  EventBusName: z.string().optional(),
  Source: z.string().min(1).optional(),
  DetailType: z.string().min(1).max(128).optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  /** Seconds since the epoch. */
  Time: z.number().optional(),
});
const putEvents = z.strictObject({ Entries: z.array(entry).min(1).max(entriesPerCall) });
type Entry = z.infer<typeof entry>;

/**
 * The buses of the template on the wire (AWS JSON 1.1, target `AWSEvents.PutEvents`). The template has no rules on them,
 * and one that had would not start; whoever wants to see what happens here observes.
 */
export class EventBuses {
  readonly #options: EventBusesOptions;
  readonly #observers = new Set<Observer>();

  constructor(options: EventBusesOptions) {
    this.#options = options;
  }

  observe(observer: Observer): void {
    this.#observers.add(observer);
  }

  readonly handler: ServiceHandler = async (request) => this.#serve(request);

  #serve(request: ServiceRequest): ServiceResponse {
    const target = request.headers['x-amz-target'];
    if (target !== 'AWSEvents.PutEvents') {
      return awsJsonError(400, 'UnknownOperationException', `${target} of EventBridge is not emulated.`);
    }
    const input = putEvents.safeParse(jsonBody(request));
    if (!input.success) {
      const [issue] = input.error.issues;
      return awsJsonError(400, 'ValidationException', `/${issue!.path.join('/')}: ${issue!.message}`);
    }
    const { Entries } = input.data;
    const bytes = Entries.reduce((sum, one) => sum + bytesOf(one), 0);
    if (bytes > bytesPerCall) {
      const message = `Total size of the entries in the request is over the limit: ${bytes} of ${bytesPerCall} bytes.`;
      return awsJsonError(400, 'ValidationException', message);
    }
    const results = Entries.map((one) => this.#put(one));
    const FailedEntryCount = results.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
    return {
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ FailedEntryCount, Entries: results }),
    };
  }

  #put(one: Entry): { EventId?: string; ErrorCode?: string; ErrorMessage?: string } {
    const { names, clock, meter, newId } = this.#options;
    const { EventBusName = 'default', Source, DetailType, Detail, Resources = [], Time } = one;
    const bus = EventBusName.startsWith('arn:') ? names.find((name) => busArn(name) === EventBusName) : EventBusName;
    const missing = Object.entries({ Source, DetailType, Detail }).find(([, value]) => value === undefined)?.[0];
    if (missing) return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${missing} is not valid.` };
    const detail = objectIn(Detail!);
    if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    if (bus === undefined || !names.includes(bus)) {
      return { ErrorCode: 'NotFoundException', ErrorMessage: `Event bus ${EventBusName} does not exist.` };
    }
    meter.count('events.custom', Math.ceil(bytesOf(one) / billedBytes), { resource: bus });
    const id = newId();
    const event: BusEvent = {
      version: '0',
      id,
      'detail-type': DetailType!,
      source: Source!,
      account: accountId,
      time: new Date(Time === undefined ? clock.now() : Time * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      resources: Resources,
      detail,
    };
    for (const observer of this.#observers) observer(bus, event);
    return { EventId: id };
  }
}

function busArn(name: string): string {
  return arn('events', `event-bus/${name}`);
}

function objectIn(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Source: "Calculating PutEvents event entry size": the time counts 14 bytes, every text its UTF-8. */
function bytesOf({ Time, Source, DetailType, Detail, Resources = [] }: Entry): number {
  const texts = [Source ?? '', DetailType ?? '', Detail ?? '', ...Resources];
  return (Time === undefined ? 0 : 14) + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
