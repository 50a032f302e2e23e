import { awsJsonError, jsonBody, type ServiceHandler, type ServiceRequest, type ServiceResponse } from '../services.ts';
import { PlacedRandom } from '../stepfunctions/random.ts';
import { everyFault, type FaultClass, type FaultPlan } from './plan.ts';

export interface FaultState {
  seed: number | null;
  plan: FaultPlan;
  /** How often each class has struck since the plan was set. */
  injected: Partial<Record<FaultClass, number>>;
}

/** What a stream's mapping asks before and after each batch. */
export interface StreamFaults {
  isTwice(): boolean;
  /** Business ms for which nothing is read; 0 for none. */
  heldBackMs(): number;
}

export interface FaultsOptions {
  /** The function that a role belongs to, if its processes may die. */
  functionOfRole: (role: string) => string | undefined;
  /** Ends a process of the function that is at work. */
  crash: (functionName: string) => void;
  /** Nothing goes wrong for these. */
  spared: readonly string[];
}

/** Only services that speak AWS JSON are turned away or lose answers; the others may be slow. */
const jsonServices = ['dynamodb', 'states', 'sqs', 'events', 'kms'];
const slowestMs = 330;
const longestHoldMs = 180_000;

/**
 * Lets services, functions and streams of the running cloud fail as AWS's do. The seed decides the dice, in the order
 * in which calls come; processes and sockets are real, so two runs of a seed need not meet the same call.
 */
export class Faults {
  readonly #options: FaultsOptions;
  #seed: number | null = null;
  #plan: FaultPlan = {};
  #injected: FaultState['injected'] = {};
  #dice = new PlacedRandom();

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  start(seed: number, plan: FaultPlan = everyFault): void {
    this.#seed = seed;
    this.#plan = plan;
    this.#injected = {};
    this.#dice = new PlacedRandom('faults', seed);
  }

  /** What struck is told once more. */
  stop(): FaultState {
    const last = this.state();
    this.#seed = null;
    this.#plan = {};
    return last;
  }

  state(): FaultState {
    return { seed: this.#seed, plan: this.#plan, injected: { ...this.#injected } };
  }

  /** The same service, in front of callers that are struck. */
  around(handler: ServiceHandler): ServiceHandler {
    return async (request) => {
      if (this.#seed === null || this.#options.spared.includes(request.caller.role)) return handler(request);
      return this.#perform(request, handler);
    };
  }

  readonly streams: StreamFaults = {
    isTwice: () => this.#strikes('streamTwice'),
    heldBackMs: () => (this.#strikes('streamHeld') ? Math.ceil(this.#dice.number() * longestHoldMs) : 0),
  };

  async #perform(request: ServiceRequest, handler: ServiceHandler): Promise<ServiceResponse> {
    if (this.#strikes('slow')) await new Promise((resolve) => setTimeout(resolve, this.#dice.number() * slowestMs));
    const victim = this.#options.functionOfRole(request.caller.role);
    if (victim !== undefined && this.#strikes('crash')) {
      if (this.#dice.number() < 0.5) await handler(request);
      this.#options.crash(victim);
      return lost();
    }
    if (!jsonServices.includes(request.service)) return handler(request);
    if (this.#strikes('throttle')) return throttled(request);
    const transaction = transactionOf(request);
    if (transaction && this.#strikes('conflict')) return conflict(transaction);
    if (!this.#strikes('lost')) return handler(request);
    await handler(request);
    return lost();
  }

  #strikes(fault: FaultClass): boolean {
    const chance = this.#plan[fault] ?? 0;
    if (chance === 0 || this.#dice.number() >= chance) return false;
    this.#injected[fault] = (this.#injected[fault] ?? 0) + 1;
    return true;
  }
}

function transactionOf(request: ServiceRequest): unknown[] | undefined {
  const { service, headers } = request;
  if (service !== 'dynamodb' || !headers['x-amz-target']?.endsWith('.TransactWriteItems')) return undefined;
  return (jsonBody(request) as { TransactItems: unknown[] }).TransactItems;
}

/** As DynamoDB answers when another transaction is at work on the first item. */
function conflict(items: unknown[]): ServiceResponse {
  const reasons = items.map((_, index) =>
    index === 0
      ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }
      : { Code: 'None', Message: null },
  );
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return awsJsonError(
    400,
    'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}

function throttled({ service }: ServiceRequest): ServiceResponse {
  if (service === 'sqs') return awsJsonError(400, 'com.amazonaws.sqs#RequestThrottled', 'Request is throttled.');
  const namespace = service === 'dynamodb' ? 'com.amazonaws.dynamodb.v20120810#' : '';
  return awsJsonError(400, `${namespace}ThrottlingException`, 'Rate exceeded');
}

function lost(): ServiceResponse {
  return awsJsonError(500, 'InternalServerError', 'The service had an internal error.');
}
