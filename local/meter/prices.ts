/** USD for one unit of what the meter counts, and the part of the system that causes it. */
export interface Price {
  usd: number;
  component: string;
  source: string;
}

/** List prices of us-east-1 as of 2026-11-22, without free tiers and volume tiers. */
export const pricesAsOf = '2026-11-22';

export const prices: Record<string, Price> = {
  'states.transition': {
    usd: 0.025 / 1e3,
    component: 'Step Functions',
    source: 'aws.amazon.com/step-functions/pricing',
  },
  'apigateway.request': {
    usd: 1 / 1e6,
    component: 'HTTP API',
    source: 'aws.amazon.com/api-gateway/pricing, first 300 M',
  },
  'lambda.request': { usd: 0.2 / 1e6, component: 'Lambda', source: 'aws.amazon.com/lambda/pricing' },
  'lambda.gbSecond': {
    usd: 0.0000133334,
    component: 'Lambda',
    source: 'aws.amazon.com/lambda/pricing, arm64, initialisation included',
  },
  'dynamodb.writeUnit': {
    usd: 0.625 / 1e6,
    component: 'DynamoDB',
    source: 'aws.amazon.com/dynamodb/pricing/on-demand',
  },
  'dynamodb.readUnit': { usd: 0.125 / 1e6, component: 'DynamoDB', source: 'aws.amazon.com/dynamodb/pricing/on-demand' },
  'sqs.request': { usd: 0.4 / 1e6, component: 'SQS', source: 'aws.amazon.com/sqs/pricing, standard queues' },
  'sqs.fifoRequest': { usd: 0.5 / 1e6, component: 'SQS', source: 'aws.amazon.com/sqs/pricing, FIFO queues' },
  'events.custom': {
    usd: 1 / 1e6,
    component: 'EventBridge',
    source: 'aws.amazon.com/eventbridge/pricing, custom events, each begun 64 KB; delivery within the account is free',
  },
  's3.put': { usd: 0.005 / 1e3, component: 'S3', source: 'aws.amazon.com/s3/pricing' },
  's3.get': { usd: 0.0004 / 1e3, component: 'S3', source: 'aws.amazon.com/s3/pricing' },
  'kms.request': { usd: 0.03 / 1e4, component: 'KMS', source: 'aws.amazon.com/kms/pricing' },
  'geo.route': { usd: 0.5 / 1e3, component: 'Location', source: 'aws.amazon.com/location/pricing' },
  'geo.matrixCell': {
    usd: 0.5 / 1e3,
    component: 'Location',
    source: 'aws.amazon.com/location/pricing, each cell is a route',
  },
  'geo.geocode': {
    usd: 0.5 / 1e3,
    component: 'Location',
    source: 'aws.amazon.com/location/pricing, results used once',
  },
  'geo.storedGeocode': {
    usd: 4 / 1e3,
    component: 'Location',
    source:
      'aws.amazon.com/location/pricing, bucket Stored (documented in places-pricing of the developer guide, read 2026-11-23); no copy of the price list that could be read shows its figure: 4 per thousand is from memory, check it before you quote it',
  },
  'logs.gb': {
    usd: 0.5,
    component: 'CloudWatch Logs',
    source: 'aws.amazon.com/cloudwatch/pricing, ingestion; 10^9 bytes',
  },
  'transfer.gb': {
    usd: 0.09,
    component: 'Data transfer',
    source: 'aws.amazon.com/ec2/pricing/on-demand, out to the internet; 10^9 bytes',
  },
};

/** Counted, and free: AWS bills what comes of it elsewhere. */
export const unpriced: Record<string, string> = {
  'lambda.init': 'initialisation is billed as GB-seconds, which are counted with it',
};
