import type { Clock, Timer } from '../clock.ts';
import type { FunctionOutcome } from '../services.ts';
import type { FailureRecord, FunctionRegistration } from './registration.ts';

export const throttled = 'TooManyRequestsException';

const defaultRetries = 2;
const defaultMaximumAgeSeconds = 6 * 3600;
/** Lambda waits one minute before the first retry after a function error, two before the second. */
const retryDelaysMs = [60_000, 120_000];
const throttleDelayMs = { first: 1_000, most: 300_000 };

interface QueuedEvent {
  requestId: string;
  acceptedAt: number;
  /** Attempts that reached the function; a throttle is none. */
  attempts: number;
  throttles: number;
}

/**
 * Lambda's internal queue for asynchronous invocations: retries at business time, then the on-failure destination.
 * It is held in memory: an event in it is lost with the process, unlike in AWS.
 */
export class AsynchronousInvocations {
  readonly #clock: Clock;
  readonly #invoke: (
    registration: FunctionRegistration,
    payload: unknown,
    requestId: string,
  ) => Promise<FunctionOutcome>;
  readonly #timers = new Set<Timer>();

  constructor(
    clock: Clock,
    invoke: (registration: FunctionRegistration, payload: unknown, requestId: string) => Promise<FunctionOutcome>,
  ) {
    this.#clock = clock;
    this.#invoke = invoke;
  }

  accept(registration: FunctionRegistration, payload: unknown, requestId: string): void {
    const event = { requestId, acceptedAt: this.#clock.now(), attempts: 0, throttles: 0 };
    void this.#clock.track(this.#attempt(registration, payload, event));
  }

  cancelAll(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  async #attempt(registration: FunctionRegistration, payload: unknown, event: QueuedEvent): Promise<void> {
    const outcome = await this.#invoke(registration, payload, event.requestId);
    if (outcome.ok) return;
    const { maximumRetryAttempts = defaultRetries, maximumEventAgeSeconds = defaultMaximumAgeSeconds } =
      registration.asynchronous ?? {};
    const wasThrottled = outcome.errorType === throttled;
    if (wasThrottled) event.throttles++;
    else event.attempts++;
    if (!wasThrottled && event.attempts > maximumRetryAttempts) {
      return this.#giveUp(registration, payload, event, outcome, 'RetriesExhausted');
    }
    const due = this.#clock.now() + delayMs(event, wasThrottled);
    if (due > event.acceptedAt + maximumEventAgeSeconds * 1000) {
      return this.#giveUp(registration, payload, event, outcome, 'EventAgeExceeded');
    }
    const timer = this.#clock.schedule(due, () => {
      this.#timers.delete(timer);
      return this.#attempt(registration, payload, event);
    });
    this.#timers.add(timer);
  }

  async #giveUp(
    registration: FunctionRegistration,
    payload: unknown,
    event: QueuedEvent,
    outcome: FunctionOutcome & { ok: false },
    condition: FailureRecord['requestContext']['condition'],
  ): Promise<void> {
    await registration.asynchronous?.onFailure?.({
      version: '1.0',
      timestamp: new Date(this.#clock.now()).toISOString(),
      requestContext: {
        requestId: event.requestId,
        functionArn: `${registration.arn}:$LATEST`,
        condition,
        approximateInvokeCount: event.attempts,
      },
      requestPayload: payload,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: errorPayload(outcome),
    });
  }
}

/** The payload Lambda answers for a failed invocation. */
export function errorPayload(outcome: FunctionOutcome & { ok: false }): object {
  const { errorType, errorMessage, trace } = outcome;
  return { errorType, errorMessage, ...(trace ? { trace } : {}) };
}

function delayMs(event: QueuedEvent, wasThrottled: boolean): number {
  if (wasThrottled) return Math.min(throttleDelayMs.first * 2 ** (event.throttles - 1), throttleDelayMs.most);
  return retryDelaysMs[event.attempts - 1] ?? retryDelaysMs[1]!;
}
