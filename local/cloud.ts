import type { Deployment } from './assembly/deployment.ts';
import type { RunningClock, SteppedClock } from './clock.ts';
import type { AlarmState } from './cloudwatch/alarms.ts';
import type { ChangeObserver } from './dynamodb/stream-tap.ts';
import type { EventBuses } from './events/event-bus.ts';
import type { Executions } from './executions.ts';
import type { FrontServer, Listener } from './front/front-server.ts';
import type { ClockOptions } from './kept-clock.ts';
import type { LambdaHostOptions } from './lambda/host.ts';
import type { SeedAddress } from './location/address-index.ts';
import type { TravelModel } from './location/travel.ts';
import type { MemoryUse } from './memory.ts';
import type { UsageMeter } from './meter/usage-meter.ts';
import type { OidcIssuer, TokenRequest } from './oidc/issuer.ts';
import type { AccessKey } from './proxy/access-keys.ts';
import type { SignatureProxyOptions } from './proxy/signature-proxy.ts';
import type { AccessOptions } from './wiring/access.ts';
import { startParts } from './wiring/start-parts.ts';

export interface CloudOptions {
  /** What `cdk synth` wrote. */
  assemblyDirectory: string;
  /** All that is kept lies here; a second start goes on where the first ended. */
  dataDirectory: string;
  clock?: ClockOptions;
  /** CfnParameters by name. PublicUrl has the address of this cloud unless given. */
  parameters?: Record<string, string>;
  /** The public port; 0 takes any. */
  port?: number;
  /** What the place index knows. */
  addresses?: SeedAddress[];
  travel?: TravelModel;
  /** DYNAMODB_ENDPOINT: another DynamoDB than the engine of this package. */
  dynamoDbEndpoint?: string | undefined;
  lambda?: Pick<LambdaHostOptions, 'concurrency' | 'environments' | 'idleMs' | 'queueWaitMs'>;
  /** The same seed gives the same task tokens, jitter and `$random()`. */
  seed?: string;
  /** Sees every request that IAM decided, and every one it refused. */
  access?: Pick<AccessOptions, 'onRequest' | 'onDenied'>;
  fault?: SignatureProxyOptions['fault'];
  /** An alarm of the template has changed its state. */
  onAlarm?: (alarm: AlarmState) => void;
  /** What is otherwise than in the assembly that the data folder was last started with: a sentence each. */
  onChange?: (sentence: string) => void;
  /** What operators should know, such as failed batches and engine restarts. */
  log?: (line: string) => void;
}

export interface Cloud {
  /** The public port: pages, API, issuer. */
  url: string;
  /** The API's own host, where nobody adds what the distribution says to it. */
  httpApiUrl: string;
  /** Where AWS clients send their requests. */
  servicesUrl: string;
  controlUrl: string;
  controlToken: string;
  dataDirectory: string;
  clock: RunningClock | SteppedClock;
  deployment: Deployment;
  executions: Executions;
  meter: UsageMeter;
  /** The event buses of the template. */
  buses: EventBuses;
  /** May do everything, as the person who deploys. */
  operatorCredentials: AccessKey;
  issuer: string;
  audience: string;
  /** The people's issuer, whose keys can be rotated. */
  keysOfIssuer: Pick<OidcIssuer, 'publishKey' | 'signWithNewest' | 'withdrawOthers'>;
  /** A token of the people's issuer for this cloud's audience; an hour of wall time unless told. */
  mint(request: Pick<TokenRequest, 'sub' | 'claims'> & { lifetimeSeconds?: number }): Promise<string>;
  /** Serves everything below a path of the public port. */
  mount(prefix: string, listener: Listener): void;
  /** Shows every request on the public port to somebody who only watches. */
  observe(observer: Parameters<FrontServer['observe']>[0]): void;
  /** Tells which items change in tables that have a stream. */
  watchChanges(observer: ChangeObserver): void;
  /**
   * Deploys one stack of another assembly over what runs: its functions with their settings, and what the distribution
   * tells the API. Anything else that differs is refused by its logical id.
   */
  deploy(assemblyDirectory: string, stack: string): Deployment;
  /** What `/config.json` says besides issuer and audience. */
  setConfig(more: object): void;
  /** What its processes have resident now. */
  memory(): MemoryUse;
  stop(): Promise<void>;
}

/** Runs a cloud assembly on this machine. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const closing: (() => unknown)[] = [];
  /** Ends everything in the opposite order of its start. */
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    return await startParts(options, closing, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}
