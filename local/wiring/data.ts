import type { Deployment } from '../assembly/deployment.ts';
import type { Clock } from '../clock.ts';
import type { Engine } from '../dynamodb/engine.ts';
import { EngineFile } from '../dynamodb/engine-file.ts';
import { Expiry } from '../dynamodb/expiry.ts';
import { TableStream } from '../dynamodb/table-stream.ts';
import { deployTables } from '../dynamodb/tables.ts';
import type { KeyStore } from '../kms/key-store.ts';
import type { BucketDefinition } from '../s3/s3-service.ts';

export interface DataOptions {
  deployment: Deployment;
  engine: Engine;
  clock: Clock;
  wallNow: () => number;
  log: (line: string) => void;
}

export interface DeployedData {
  streams: TableStream[];
  /** Tells the streams of these tables that there is something new. */
  onWrite: (tableNames: string[]) => void;
  stop(): void;
}

/** The tables of the template with their streams and their expiry. */
export async function deployData({ deployment, engine, clock, wallNow, log }: DataOptions): Promise<DeployedData> {
  const tables = deployment.ofType('AWS::DynamoDB::Table');
  const { client, databaseFile } = engine;
  await deployTables(client, tables);
  const file = databaseFile === undefined ? undefined : new EngineFile(databaseFile);
  const streams = new Map(
    tables
      .filter(({ properties }) => properties.StreamSpecification)
      .map((table) => {
        const options = {
          tableName: table.name,
          streamArn: deployment.attribute(table, 'StreamArn'),
          client,
          clock,
          wallNow,
          log,
        };
        return [table.name, new TableStream({ ...options, trim: (name, upTo) => file?.trim(name, upTo) })];
      }),
  );
  const onWrite = (tableNames: string[]) => {
    for (const name of tableNames) streams.get(name)?.nudge();
  };
  const expiry = new Expiry({ client, clock, tables, onWrite, log });
  expiry.start();
  return {
    streams: [...streams.values()],
    onWrite,
    stop: () => {
      expiry.stop();
      for (const stream of streams.values()) stream.stop();
      file?.close();
    },
  };
}

/** The KMS keys of the template and their aliases. */
export function deployKeys(deployment: Deployment, store: KeyStore, clock: Clock): void {
  for (const key of deployment.ofType('AWS::KMS::Key')) {
    const { Description: description, Enabled: enabled } = key.properties;
    store.declare({
      keyId: key.name,
      arn: deployment.attribute(key, 'Arn'),
      createdAt: Math.floor(clock.now() / 1000),
      ...(description !== undefined && { description }),
      ...(enabled !== undefined && { enabled }),
    });
  }
  for (const { properties } of deployment.ofType('AWS::KMS::Alias')) {
    store.declareAlias(properties.AliasName, properties.TargetKeyId);
  }
}

export function bucketsOf(deployment: Deployment): BucketDefinition[] {
  return deployment.ofType('AWS::S3::Bucket').map(({ name, properties }) => ({
    name,
    cors: (properties.CorsConfiguration?.CorsRules ?? []).map((rule) => ({
      allowedMethods: rule.AllowedMethods,
      allowedOrigins: rule.AllowedOrigins,
      ...(rule.AllowedHeaders && { allowedHeaders: rule.AllowedHeaders }),
      ...(rule.ExposedHeaders && { exposedHeaders: rule.ExposedHeaders }),
      ...(rule.MaxAge !== undefined && { maxAgeSeconds: rule.MaxAge }),
    })),
  }));
}
