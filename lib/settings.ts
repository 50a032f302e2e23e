import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

export type Stage = 'dev' | 'prod';

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
  /** Days a proof (photo, signature) is kept for disputes. */
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
  /** Of each route of the API, where it has no share of its own; one caller's share is limited in the functions. */
  throttle: Throttle;
  /** Who is told of alarms; `-c alarmEmail=…` for one deployment. They get a message to confirm the address. */
  alarmEmail: string | null;
  /** So many orders waiting too long for a store, or for a driver, are worth waking somebody. */
  lateOrders: number;
}

const shared = {
  tracing: false,
  proofRetentionDays: 90,
  tickRetentionDays: 14,
  publishEvents: true,
  identityProvider: 'cognito',
  alarmEmail: null,
  lateOrders: 3,
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

/**
 * @param stage the context value `stage` (`-c stage=prod`); `dev` when absent
 * @param alarmEmail the context value `alarmEmail`, in place of the stage's
 */
export function settingsFor(stage: unknown = 'dev', alarmEmail?: string): Settings {
  if (stage === 'dev' || stage === 'prod') return { ...settings[stage], ...(alarmEmail && { alarmEmail }) };
  throw new Error(`There is no stage "${String(stage)}". Choose one with -c stage=dev or -c stage=prod.`);
}
