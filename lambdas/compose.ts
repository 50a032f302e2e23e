import { checksByHand } from './adapters/checks-by-hand.ts';
import { CognitoIdentities } from './adapters/cognito-identities.ts';
import { DynamoDatabase } from './adapters/dynamodb-database.ts';
import { EventBridgeBus } from './adapters/event-bridge-bus.ts';
import { KmsSecrets } from './adapters/kms-secrets.ts';
import { LocationGeocoder } from './adapters/location-geocoder.ts';
import { routeLimits } from './adapters/location-limits.ts';
import { LocationRoutesV1 } from './adapters/location-routes-v1.ts';
import { LocationRoutesV2 } from './adapters/location-routes-v2.ts';
import { S3ProofEraser } from './adapters/s3-proof-eraser.ts';
import { S3Proofs } from './adapters/s3-proofs.ts';
import { S3Ticks } from './adapters/s3-ticks.ts';
import { SqsNudges } from './adapters/sqs-nudges.ts';
import { StepFunctionsExecutions } from './adapters/step-functions-executions.ts';
import { StepFunctionsWorkflow } from './adapters/step-functions-workflow.ts';
import type { Database, TableName } from './application/database.ts';
import type {
  BackgroundChecks,
  EventBus,
  Executions,
  Geocoder,
  Identities,
  Nudges,
  ProofEraser,
  ProofStore,
  SecretBox,
  TickStore,
  Workflow,
} from './application/ports.ts';
import type { TravelPorts } from './application/travel.ts';
import { logger } from './log.ts';

/** Wires adapters to ports from the environment; each function asks for what it uses and bundles nothing else. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is not set on this function.`);
  return value;
}

export function database(...tables: TableName[]): Database {
  return new DynamoDatabase(
    Object.fromEntries(tables.map((table) => [table, setting(`${table.toUpperCase()}_TABLE`)])),
  );
}

export function workflow(): Workflow {
  return new StepFunctionsWorkflow(setting('STATE_MACHINE_ALIAS_ARN'), setting('PUBLIC_URL'));
}

export function executions(): Executions {
  return new StepFunctionsExecutions(setting('STATE_MACHINE_ARN'));
}

export function nudges(): Nudges {
  return new SqsNudges({ dispatch: setting('DISPATCH_QUEUE_URL'), offerExpiry: setting('OFFER_EXPIRY_QUEUE_URL') });
}

/** Null where the stage does not publish events. */
export function eventBus(): EventBus | null {
  const name = process.env.EVENT_BUS_NAME;
  return name ? new EventBridgeBus(name, { report: (why) => logger.warn('events not taken', { name, why }) }) : null;
}

/** Null where the operator has an identity provider of their own. */
export function identities(): Identities | null {
  const { OPERATIONS_POOL: operations, STAFF_POOL: staff } = process.env;
  return operations && staff ? new CognitoIdentities({ operations, staff }) : null;
}

export function geocoder(): Geocoder {
  return new LocationGeocoder(setting('PLACE_INDEX'));
}

/** Null where travel is estimated from the straight line. The bundler sets `ROUTES`, and leaves the other clients out. */
export function routes(): NonNullable<TravelPorts['routes']> | null {
  switch (process.env.ROUTES) {
    case 'location-v1':
      return { service: new LocationRoutesV1(setting('ROUTE_CALCULATOR')), limits: routeLimits['location-v1'] };
    case 'location-v2':
      return { service: new LocationRoutesV2(), limits: routeLimits['location-v2'] };
    default:
      return null;
  }
}

export function proofs(): ProofStore {
  return new S3Proofs(setting('PROOFS_BUCKET'));
}

export function proofEraser(): ProofEraser {
  return new S3ProofEraser(setting('PROOFS_BUCKET'));
}

export function backgroundChecks(): BackgroundChecks {
  return checksByHand;
}

export function ticks(): TickStore {
  return new S3Ticks(setting('TICKS_BUCKET'));
}

export function secrets(): SecretBox {
  return new KmsSecrets(setting('SECRETS_KEY_ID'));
}
