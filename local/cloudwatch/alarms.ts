import type { Clock, Timer } from '../clock.ts';
import type { MetricId, Metrics, Statistic } from './metrics.ts';

/** An AWS::CloudWatch::Alarm on one metric. */
export interface AlarmDefinition {
  name: string;
  description: string;
  metric: MetricId;
  statistic: Statistic;
  periodSeconds: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  threshold: number;
  comparison: 'above' | 'at least' | 'below' | 'at most';
  /** Whether a period in which nothing was measured counts as one that breaches. */
  missingBreaches: boolean;
}

export interface AlarmState {
  name: string;
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** When it came into this state; ISO, business time. */
  since: string;
  /** What was measured, the newest period first; null for nothing. */
  datapoints: (number | null)[];
  description: string;
}

export interface AlarmsOptions {
  definitions: readonly AlarmDefinition[];
  metrics: Metrics;
  clock: Clock;
  /** Measures what is read rather than told, such as how much lies in a queue, before each evaluation. */
  sample: (at: number) => void;
  onChange: (alarm: AlarmState) => void;
}

const minuteMs = 60_000;
/** What a minute brought has been logged by then. */
const afterMinuteMs = 5_000;

const breaches: Record<AlarmDefinition['comparison'], (value: number, threshold: number) => boolean> = {
  above: (value, threshold) => value > threshold,
  'at least': (value, threshold) => value >= threshold,
  below: (value, threshold) => value < threshold,
  'at most': (value, threshold) => value <= threshold,
};

/** Evaluates alarms each minute of business time, over whole minutes. What was measured is lost with the process. */
export class Alarms {
  readonly #options: AlarmsOptions;
  readonly #states: Map<string, AlarmState>;
  /** Nothing can be said of the time before: the cloud did not run, or its clock jumped. */
  #knownFrom: number;
  #evaluatedAt: number;
  #timer: Timer | undefined;

  constructor(options: AlarmsOptions) {
    this.#options = options;
    const now = options.clock.now();
    this.#knownFrom = Math.ceil(now / minuteMs) * minuteMs;
    this.#evaluatedAt = now;
    this.#states = new Map(
      options.definitions.map(({ name, description }) => [
        name,
        { name, state: 'INSUFFICIENT_DATA', since: iso(now), datapoints: [], description },
      ]),
    );
  }

  start(): void {
    const { clock } = this.#options;
    const due = (Math.floor((clock.now() - afterMinuteMs) / minuteMs) + 1) * minuteMs + afterMinuteMs;
    this.#timer = clock.schedule(due, () => {
      this.#evaluate();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Every alarm of the template, by name. */
  list(): AlarmState[] {
    return [...this.#states.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  #evaluate(): void {
    const { clock, definitions, sample } = this.#options;
    const now = clock.now();
    const end = Math.floor(now / minuteMs) * minuteMs;
    if (now - this.#evaluatedAt > 10 * minuteMs) this.#knownFrom = end;
    this.#evaluatedAt = now;
    // A gauge counts for the minute that ends here.
    sample(end - 1);
    for (const definition of definitions) this.#judge(definition, end);
  }

  #judge(definition: AlarmDefinition, end: number): void {
    const { metrics, onChange } = this.#options;
    const { evaluationPeriods, missingBreaches, comparison, threshold } = definition;
    const periodMs = definition.periodSeconds * 1000;
    const datapoints = Array.from({ length: evaluationPeriods }, (_, index) => {
      const to = end - index * periodMs;
      return metrics.read(definition.metric, definition.statistic, to - periodMs, to) ?? null;
    });
    const isKnown = !missingBreaches || end - evaluationPeriods * periodMs >= this.#knownFrom;
    const breaching = datapoints.filter((value) =>
      value === null ? missingBreaches : breaches[comparison](value, threshold),
    ).length;
    const state = breaching >= definition.datapointsToAlarm ? 'ALARM' : 'OK';
    const before = this.#states.get(definition.name)!;
    const after: AlarmState = { ...before, datapoints, ...(isKnown && { state }) };
    if (after.state !== before.state) after.since = iso(end);
    this.#states.set(definition.name, after);
    // That an alarm which nobody knew anything of is all right is no news.
    if (after.state !== before.state && [after.state, before.state].includes('ALARM')) onChange(after);
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
