import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandOutput,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import type { EventBus } from '../application/ports.ts';
import type { PublicEvent } from '../domain/events.ts';
import { epochMs } from '../domain/time.ts';

/** Of one PutEvents call: API reference, PutEvents. */
const entriesPerCall = 10;
const bytesPerCall = 256 * 1024;
/** What an entry counts beside its texts, rounded up: user guide, "Calculating PutEvents event entry size". */
const bytesBeside = 100;

const attempts = 3;
/** Wall ms. Orders wait behind this call, so it is a short one. */
const timeoutMs = 1_000;
const pauseMs = 50;
/** After a call failed in all its attempts, the next orders do not wait for it too. */
const restMs = 5_000;

export interface EventBridgeBusOptions {
  /** Hears why events were not taken: the codes of entries, or that nobody answered. */
  report?: (why: string) => void;
  /** One PutEvents call; throws when there is no answer. */
  put?: (entries: Entry[]) => Promise<PutEventsAnswer>;
  /** Wall ms. */
  wait?: (ms: number) => Promise<void>;
  /** Monotonic, in ms. */
  clock?: () => number;
}

export type PutEventsAnswer = Pick<PutEventsCommandOutput, 'FailedEntryCount' | 'Entries'>;
interface Entry extends PutEventsRequestEntry {
  Source: string;
  DetailType: string;
  Resources: string[];
  Detail: string;
}

/** An EventBridge bus. */
export class EventBridgeBus implements EventBus {
  readonly #name: string;
  readonly #report: (why: string) => void;
  readonly #put: (entries: Entry[]) => Promise<PutEventsAnswer>;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #clock: () => number;
  #restsUntil = 0;

  constructor(name: string, options: EventBridgeBusOptions = {}) {
    this.#name = name;
    this.#report = options.report ?? (() => {});
    this.#put = options.put ?? putEvents();
    this.#wait = options.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
    this.#clock = options.clock ?? (() => performance.now());
  }

  async publish(events: readonly PublicEvent[]): Promise<readonly PublicEvent[]> {
    const refused: PublicEvent[] = [];
    for (const call of callsOf(events.map((event) => ({ event, entry: this.#entryOf(event) })))) {
      refused.push(...(this.#clock() < this.#restsUntil ? call : await this.#send(call)).map(({ event }) => event));
    }
    return refused;
  }

  /** Answers what was not taken in any attempt. */
  async #send(call: Sent[]): Promise<Sent[]> {
    let left = call;
    for (let attempt = 1; ; attempt++) {
      try {
        const { Entries = [] } = await this.#put(left.map(({ entry }) => entry));
        left = left.filter((_, index) => Entries[index]?.EventId === undefined);
        if (left.length === 0) return [];
        this.#report(Entries.flatMap(({ ErrorCode }) => ErrorCode ?? []).join(', '));
        if (attempt === attempts) return left;
      } catch (error) {
        this.#report(String(error));
        if (attempt === attempts) {
          this.#restsUntil = this.#clock() + restMs;
          return left;
        }
      }
      await this.#wait(pauseMs * 2 ** attempt);
    }
  }

  #entryOf(event: PublicEvent): Entry {
    return {
      EventBusName: this.#name,
      Source: 'mallway.orders',
      DetailType: event.type,
      Resources: [event.orderId],
      Time: new Date(epochMs(event.occurredAt)),
      Detail: JSON.stringify(event),
    };
  }
}

interface Sent {
  event: PublicEvent;
  entry: Entry;
}

/** As few calls as hold them. An event has some 10 KB at most: it fits alone. */
function callsOf(all: Sent[]): Sent[][] {
  const calls: Sent[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const sent of all) {
    const { Source, DetailType, Resources, Detail } = sent.entry;
    const its =
      bytesBeside + [Source, DetailType, ...Resources, Detail].reduce((sum, it) => sum + Buffer.byteLength(it), 0);
    if (bytes + its > bytesPerCall || calls.at(-1)!.length === entriesPerCall) {
      calls.push([]);
      bytes = 0;
    }
    calls.at(-1)!.push(sent);
    bytes += its;
  }
  return calls;
}

/** Attempts are counted here, where it is known which entries are left. */
function putEvents(): (entries: Entry[]) => Promise<PutEventsAnswer> {
  const client = new EventBridgeClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  });
  return (Entries) => client.send(new PutEventsCommand({ Entries }));
}
