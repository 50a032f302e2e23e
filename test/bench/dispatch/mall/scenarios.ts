import { mallPromises, type PlanOptions } from '../../../../lambdas/domain/planner/options.ts';
import { type DayOptions, mallDay, usualDay } from './day.ts';
import { nearestIdleDriver, partsOfOrders, planningDispatcher, wholeOrders } from './dispatchers.ts';
import { type MallOutcome, playDay } from './simulate.ts';

export interface Variant {
  name: string;
  /** Why the row is there. */
  shows: string;
  options?: Partial<PlanOptions>;
  weights?: Partial<PlanOptions['weights']>;
  /** Plan every store's part of an order as a job of its own. */
  parts?: boolean;
  nearestIdle?: boolean;
  blindTo?: 'readySd' | 'declines';
  asksSeveral?: boolean;
}

/** The planner, and the planner without one feature each. */
export const variants: Variant[] = [
  { name: 'planner', shows: 'everything on' },
  { name: 'several at once', shows: 'as deployed: three drivers where turns are too slow', asksSeveral: true },
  { name: 'nearest idle driver', shows: 'first come, first served, one order a run', nearestIdle: true },
  { name: 'one store a stop', shows: 'parks again for every store', options: { storesPerStop: 1 } },
  { name: 'one store a trip', shows: 'a trip collects from one store, as in the public library', parts: true },
  { name: 'one order a run', shows: 'no bundling', options: { maxBundle: 1 } },
  { name: 'no destroy and repair', shows: 'insertion only', options: { iterations: 0 } },
  {
    name: 'no patience',
    shows: 'offers as soon as parcels are ready',
    options: { patience: { slack: 1e9, longest: 0, company: 0 } },
  },
  { name: 'early binding', shows: 'offers half an hour ahead', options: { earlyDeparture: 1800 } },
  { name: 'lateness unpriced', shows: 'click-to-door only', weights: { late: 0, age: 1 } },
  { name: 'ready times taken as certain', shows: 'no standard deviation', blindTo: 'readySd' },
  { name: 'declines unknown', shows: 'all drivers alike', blindTo: 'declines' },
  { name: 'fairness unpriced', shows: 'work goes where it is cheapest', weights: { fairness: 0 } },
];

export function playVariant(variant: Variant, day: DayOptions): MallOutcome {
  const made = mallDay(day);
  const jobs = variant.parts ? partsOfOrders(made) : wholeOrders(made);
  const options: PlanOptions = {
    ...mallPromises,
    ...variant.options,
    weights: { ...mallPromises.weights, ...variant.weights },
  };
  const dispatch = variant.nearestIdle
    ? nearestIdleDriver(made, jobs)
    : planningDispatcher(made, jobs, {
        options,
        sitePerStore: variant.parts ?? false,
        knowsReadySd: variant.blindTo !== 'readySd',
        knowsDeclines: variant.blindTo !== 'declines',
        asksSeveral: variant.asksSeveral ?? false,
      });
  const { doorAt: _, ...outcome } = playDay(made, jobs, dispatch, { storesPerStop: options.storesPerStop });
  return outcome;
}

/** Mean outcome over days of several seeds. */
export function playSeeds(variant: Variant, seeds: number[], day: Partial<DayOptions> = {}): MallOutcome {
  const outcomes = seeds.map((seed) => playVariant(variant, { ...usualDay, ...day, seed }));
  const keys = Object.keys(outcomes[0]!) as (keyof MallOutcome)[];
  return Object.fromEntries(
    keys.map((key) => [key, outcomes.reduce((sum, one) => sum + one[key], 0) / outcomes.length]),
  ) as unknown as MallOutcome;
}
