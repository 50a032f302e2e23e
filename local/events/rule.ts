import { accountId, region } from '../assembly/home.ts';
import type { Clock, Timer } from '../clock.ts';
import { parseSchedule, type Schedule } from './schedule-expression.ts';

/** An AWS::Events::Rule with a schedule. */
export interface RuleDefinition {
  name: string;
  arn: string;
  scheduleExpression: string;
  targets: { functionName: string; input?: string | undefined }[];
}

export interface RuleOptions {
  definition: RuleDefinition;
  clock: Clock;
  /** Invokes a function without waiting for it. */
  invoke: (functionName: string, event: unknown) => void;
  newId: () => string;
}

/** Sends its event at each instant of its schedule in business time. Instants missed by a jump are not made up for. */
export class Rule {
  readonly #options: RuleOptions;
  readonly #schedule: Schedule;
  #timer: Timer | undefined;

  constructor(options: RuleOptions) {
    this.#options = options;
    this.#schedule = parseSchedule(options.definition.scheduleExpression);
  }

  start(): void {
    const { clock } = this.#options;
    const due = this.#schedule(clock.now());
    this.#timer = clock.schedule(due, () => {
      this.#fire(due);
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #fire(due: number): void {
    const { definition, invoke, newId } = this.#options;
    const event = {
      version: '0',
      id: newId(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: accountId,
      time: new Date(due).toISOString().replace('.000Z', 'Z'),
      region,
      resources: [definition.arn],
      detail: {},
    };
    for (const { functionName, input } of definition.targets) {
      invoke(functionName, input === undefined ? event : JSON.parse(input));
    }
  }
}
