import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './constructs/acknowledge.ts';
import { HandedOn } from './constructs/handed-on.ts';
import type { ServiceFunction } from './constructs/service-function.ts';
import { bucketName, publicUrlParameter } from './parameters.ts';
import type { Settings } from './settings.ts';

export type TableName = 'orders' | 'fleet' | 'catalogue' | 'personal' | 'requests';
type IndexName = 'lists' | 'due' | 'dispatch';

/** What a function does with a table. */
export type Access = 'get' | 'get many' | 'query' | 'put' | 'delete' | `query ${IndexName}`;

/** A transaction is authorised item by item, by the action of each: there is no permission for the transaction itself. */
const actions: Record<string, string> = {
  get: 'dynamodb:GetItem',
  'get many': 'dynamodb:BatchGetItem',
  query: 'dynamodb:Query',
  put: 'dynamodb:PutItem',
  delete: 'dynamodb:DeleteItem',
};

const indexes: Record<TableName, IndexName[]> = {
  orders: ['lists', 'due', 'dispatch'],
  fleet: ['lists', 'due'],
  catalogue: ['lists'],
  personal: [],
  requests: [],
};

/** Where proofs of delivery lie in their bucket, and beside them the pictures of papers. */
const proofPrefix = 'proofs/';
const documentPrefix = 'documents/';

type PictureAccess = 's3:GetObject' | 's3:PutObject';

export interface DataStackProps extends StackProps {
  settings: Settings;
}

/** All that must survive: tables, keys, proofs. It holds no code, so it hardly ever changes. */
export class DataStack extends Stack {
  readonly tables: Record<TableName, Table>;
  /** Their ARNs, which change when a table's stream does. */
  readonly streams: Record<'orders' | 'fleet', HandedOn>;
  readonly proofs: Bucket;
  /** Encrypts the signing secrets of channels and retailers. */
  readonly secretsKey: Key;

  private readonly settings: Settings;
  private readonly personalKey: Key;
  private readonly proofsExport: string;
  private readonly proofsArn: string;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    this.settings = props.settings;

    this.personalKey = this.key('PersonalKey', 'Names, phones and addresses of shoppers');
    this.secretsKey = this.key('SecretsKey', 'Signing secrets of channels and retailers');

    this.tables = {
      orders: this.table('orders', { stream: StreamViewType.KEYS_ONLY }),
      fleet: this.table('fleet', { stream: StreamViewType.KEYS_ONLY }),
      catalogue: this.table('catalogue'),
      personal: this.table('personal', {
        encryption: TableEncryption.CUSTOMER_MANAGED,
        encryptionKey: this.personalKey,
      }),
      requests: this.table('requests'),
    };

    this.proofs = new Bucket(this, 'Proofs', {
      bucketName: bucketName(this, props.settings, 'proofs'),
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: props.settings.removal,
      lifecycleRules: [{ id: 'Expire proofs', expiration: Duration.days(props.settings.proofRetentionDays) }],
      // The driver's page uploads with a URL we sign, straight to the bucket.
      cors: [
        {
          allowedOrigins: [publicUrlParameter(this, props.settings)],
          allowedMethods: [HttpMethods.PUT, HttpMethods.GET],
          allowedHeaders: ['content-type'],
          maxAge: 3600,
        },
      ],
    });
    acknowledge(this.proofs, {
      'AwsSolutions-S1':
        'Reached only through short-lived URLs our functions sign; who must log each read turns on CloudTrail data events.',
    });
    this.streams = {
      orders: new HandedOn(this, 'OrdersStreamArn', {
        settings: props.settings,
        value: this.tables.orders.tableStreamArn!,
      }),
      fleet: new HandedOn(this, 'FleetStreamArn', {
        settings: props.settings,
        value: this.tables.fleet.tableStreamArn!,
      }),
    };
    // What is exported stays so: CloudFormation does not take an export away before those who used it are deployed.
    for (const { tableName, tableArn } of Object.values(this.tables)) {
      this.exportValue(tableName);
      this.exportValue(tableArn);
    }
    for (const { keyId, keyArn } of [this.personalKey, this.secretsKey]) {
      this.exportValue(keyId);
      this.exportValue(keyArn);
    }
    this.exportValue(this.proofs.bucketName);
    this.proofsExport = `${this.stackName}-proofs`;
    this.proofsArn = this.exportValue(this.proofs.bucketArn, { name: this.proofsExport });
  }

  /** Lets `fn` do with tables exactly what it does, and tells it their names. */
  grant(fn: ServiceFunction, access: Partial<Record<TableName, readonly Access[]>>): void {
    for (const [name, wanted] of Object.entries(access) as [TableName, readonly Access[]][]) {
      const table = this.tables[name];
      fn.addEnvironment(`${name.toUpperCase()}_TABLE`, table.tableName);
      const own = wanted.flatMap((it) => actions[it] ?? []);
      if (own.length > 0) fn.allow(own, table.tableArn);
      for (const it of wanted) {
        const index = /^query (.+)$/.exec(it)?.[1];
        if (index) fn.allow(['dynamodb:Query'], `${table.tableArn}/index/${index}`);
      }
    }
    // DynamoDB opens the key of a table as its caller, whether that reads or writes.
    if (access.personal) fn.allow(['kms:Decrypt'], this.personalKey.keyArn);
  }

  /** Lets `fn` sign URLs of proofs, with which others then upload or look at them, or see whether they are there. */
  grantProofs(fn: ServiceFunction, ...actions: PictureAccess[]): void {
    this.allowPictures(fn, proofPrefix, actions);
  }

  /** The same of the papers of whoever drives, or wants to. */
  grantDocuments(fn: ServiceFunction, ...actions: PictureAccess[]): void {
    this.allowPictures(fn, documentPrefix, actions);
  }

  /** Lets `fn` find proofs by where they lie, and take them away for good. */
  grantErasingProofs(fn: ServiceFunction): void {
    this.allowErasing(fn, proofPrefix);
  }

  /** The same of papers. */
  grantErasingPictures(fn: ServiceFunction): void {
    this.allowErasing(fn, proofPrefix, documentPrefix);
  }

  grantSecrets(fn: ServiceFunction, ...actions: ('kms:Encrypt' | 'kms:Decrypt')[]): void {
    fn.addEnvironment('SECRETS_KEY_ID', this.secretsKey.keyId);
    fn.allow(actions, this.secretsKey.keyArn);
  }

  private allowErasing(fn: ServiceFunction, ...prefixes: string[]): void {
    for (const prefix of prefixes) this.allowPictures(fn, prefix, ['s3:DeleteObject']);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [this.proofsArn],
        conditions: { StringLike: { 's3:prefix': prefixes.map((prefix) => `${prefix}*`) } },
      }),
    );
  }

  private allowPictures(fn: ServiceFunction, prefix: string, actions: string[]): void {
    fn.addEnvironment('PROOFS_BUCKET', this.proofs.bucketName);
    fn.allow(actions, `${this.proofsArn}/${prefix}*`);
    acknowledge(fn.role!, {
      [`AwsSolutions-IAM5[Resource::${this.proofsExport}/${prefix}*]`]:
        'All of its kind, and nothing else in the bucket: their names are not known beforehand.',
    });
  }

  private key(id: string, description: string): Key {
    return new Key(this, id, { description, enableKeyRotation: true, removalPolicy: this.settings.removal });
  }

  private table(name: TableName, props: Partial<TableProps> = {}): Table {
    const table = new Table(this, name, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      deletionProtection: this.settings.isProtected,
      removalPolicy: this.settings.removal,
      ...props,
    });
    for (const index of indexes[name]) {
      table.addGlobalSecondaryIndex({
        indexName: index,
        partitionKey: { name: `${index === 'lists' ? 'list' : index}Pk`, type: AttributeType.STRING },
        sortKey: { name: `${index === 'lists' ? 'list' : index}Sk`, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
    return table;
  }
}
