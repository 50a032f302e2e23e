import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

export type Stage = 'dev' | 'prod';

/** `location-v1` needs a route calculator, which is deployed with it; `location-v2` needs nothing. */
export const routesSources = ['great-circle', 'location-v1', 'location-v2'] as const;
export type RoutesSource = (typeof routesSources)[number];

export interface Throttle {
  requestsPerSecond: number;
  burst: number;
}

/** OpenID Connect of the operator's own: one provider for everybody, one public client for all pages. */
export interface OwnIdentityProvider {
  issuer: string;
  clientId: string;
  authorizeUrl: string;
  tokenUrl: string;
  logoutUrl: string;
}

/** What differs between stages; everything else is the same in all of them. */
export interface Settings {
  stage: Stage;
  /** What happens to data and keys when their stack is deleted. */
  removal: RemovalPolicy;
  /** Deletion protection of tables, termination protection of stacks. */
  isProtected: boolean;
  logRetention: RetentionDays;
  /**
   * Days after which the bucket drops a proof whatever else happens. What is due goes before, by the retention of
   * channels and retailers (365 days at most), so less than 372 would cut that short.
   */
  proofRetentionDays: number;
  /** Days the ticks of dispatch are kept, to answer "why this driver". */
  tickRetentionDays: number;
  /** X-Ray at $5 per million traces: on to investigate, off otherwise. */
  tracing: boolean;
  /** An EventBridge bus with every event of an order, for integrations of the operator: docs/events.md says what it costs. */
  publishEvents: boolean;
  /**
   * Where people sign in: user pools of this stage, or a provider of the operator's own, which then has to demand a
   * second factor of operations.
   */
  identityProvider: 'cognito' | OwnIdentityProvider;
  /**
   * How long drives take: estimated from the straight line, or asked of Amazon Location once for each order, at $0.50 per
   * thousand; `-c routes=…` for one deployment. docs/routes.md says what either is worth.
   */
  routes: RoutesSource;
  /** Of each route of the API, where it has no share of its own; one caller's share is limited in the functions. */
  throttle: Throttle;
  /** Who is told of alarms; `-c alarmEmail=…` for one deployment. They get a message to confirm the address. */
  alarmEmail: string | null;
  /**
   * Numbers of the keys by which the API knows requests of the distribution: the first is sent, all are accepted. Any
   * change of it is a step of docs/rotation.md; a number that was used is never used again.
   */
  originKeys: readonly [number, ...number[]];
  /** So many orders waiting too long for a store, or for a driver, are worth waking somebody. */
  lateOrders: number;
}

const shared = {
  tracing: false,
  proofRetentionDays: 372,
  tickRetentionDays: 14,
  publishEvents: true,
  identityProvider: 'cognito',
  routes: 'great-circle',
  alarmEmail: null,
  lateOrders: 3,
  originKeys: [1],
} as const;

const settings: Record<Stage, Settings> = {
  dev: {
    ...shared,
    stage: 'dev',
    removal: RemovalPolicy.DESTROY,
    isProtected: false,
    logRetention: RetentionDays.ONE_WEEK,
    throttle: { requestsPerSecond: 50, burst: 100 },
  },
  prod: {
    ...shared,
    stage: 'prod',
    removal: RemovalPolicy.RETAIN,
    isProtected: true,
    logRetention: RetentionDays.THREE_MONTHS,
    throttle: { requestsPerSecond: 500, burst: 1000 },
  },
};

/** What is given with `-c` in place of the stage's own. */
export interface Given {
  alarmEmail?: string | undefined;
  /** As `2,3`; from then on with every deployment, or in this file. */
  originKeys?: string | undefined;
  routes?: unknown;
}

/** @param stage the context value `stage` (`-c stage=prod`); `dev` when absent */
export function settingsFor(stage: unknown = 'dev', { alarmEmail, originKeys, routes }: Given = {}): Settings {
  if (stage !== 'dev' && stage !== 'prod') {
    throw new Error(`There is no stage "${String(stage)}". Choose one with -c stage=dev or -c stage=prod.`);
  }
  if (routes !== undefined && !routesSources.includes(routes as RoutesSource)) {
    throw new Error(
      `Routes cannot come from "${String(routes)}". Choose one with -c routes=${routesSources.join('|')}.`,
    );
  }
  return {
    ...settings[stage],
    ...(alarmEmail && { alarmEmail }),
    ...(originKeys && { originKeys: keyNumbers(originKeys) }),
    ...(routes !== undefined && { routes: routes as RoutesSource }),
  };
}

function keyNumbers(list: string): Settings['originKeys'] {
  const [sent, ...others] = list.split(',').map(Number);
  const isNumbering = (numbers: number[]) => numbers.every((it) => Number.isSafeInteger(it) && it > 0);
  if (sent !== undefined && isNumbering([sent, ...others]) && !others.includes(sent)) return [sent, ...others];
  throw new Error(`"${list}" are no numbers of keys. Name the one that is sent first, as in -c originKeys=1,2.`);
}
