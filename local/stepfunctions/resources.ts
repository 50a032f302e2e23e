import { FunctionFailure, ServiceCallError, StateError } from './errors.ts';

/** What the Resource of a Task state calls. */
export interface TaskResource {
  /** Lower case, as in the ARN: `lambda`, `dynamodb`, `sqs`, `events`, `states`. */
  service: string;
  /** camelCase, as in the ARN: `invoke`, `updateItem`. */
  action: string;
}

export interface TaskCall extends TaskResource {
  pattern: 'requestResponse' | 'waitForTaskToken';
  style: 'lambdaArn' | 'optimized' | 'awsSdk';
  /** The function of a Resource that is a Lambda ARN; it receives the arguments as its payload. */
  functionArn?: string;
  /** As history events name them: `lambda`, `aws-sdk:dynamodb`. */
  resourceType: string;
  /** As history events name them: `invoke.waitForTaskToken`. */
  resource: string;
}

/** Calls the service of a task. Rejects with `ServiceCallError` or `FunctionFailure`. */
export interface TaskServices {
  call(resource: TaskResource, args: unknown, context: { roleArn: string }): Promise<unknown>;
}

/** Optimized integrations, with the prefix their service errors carry. */
const OPTIMIZED: Record<string, { actions: string[]; prefix: string; callback: boolean }> = {
  lambda: { actions: ['invoke'], prefix: 'Lambda', callback: true },
  sqs: { actions: ['sendMessage'], prefix: 'SQS', callback: true },
  events: { actions: ['putEvents'], prefix: 'EventBridge', callback: true },
  states: { actions: ['startExecution'], prefix: 'StepFunctions', callback: true },
  dynamodb: { actions: ['getItem', 'putItem', 'updateItem', 'deleteItem'], prefix: 'DynamoDB', callback: false },
};

/**
 * AWS SDK integrations: the service name of the ARN with the prefix of its errors, which is the name of the service's
 * client in the AWS SDK for Java 2 (AWS: "Learning to use AWS service SDK integrations": `AcmPca.…`, `S3.…`).
 */
const AWS_SDK_PREFIX: Record<string, string> = {
  dynamodb: 'DynamoDb',
  lambda: 'Lambda',
  sqs: 'Sqs',
  eventbridge: 'EventBridge',
  sfn: 'Sfn',
};

const LAMBDA_ARN = /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/;
const STATES_ARN = /^arn:[\w-]+:states:[\w-]*:\d*:(.+)$/;

const parsed = new Map<string, TaskCall>();

/** Throws an `Error` saying what is wrong with a Resource that cannot be called. */
export function parseResource(arn: string): TaskCall {
  let call = parsed.get(arn);
  if (!call) {
    call = parse(arn);
    parsed.set(arn, call);
  }
  return call;
}

function parse(arn: string): TaskCall {
  if (LAMBDA_ARN.test(arn)) {
    return {
      service: 'lambda',
      action: 'invoke',
      pattern: 'requestResponse',
      style: 'lambdaArn',
      functionArn: arn,
      resourceType: 'lambda',
      resource: arn,
    };
  }
  const path = STATES_ARN.exec(arn)?.[1];
  if (path === undefined) throw new Error(`"${arn}" is neither a Lambda function nor a service integration`);
  const parts = path.split(':');
  const sdk = parts[0] === 'aws-sdk';
  const [service, operation] = sdk ? parts.slice(1) : parts;
  const [action, pattern = 'requestResponse'] = (operation ?? '').split('.');
  if (!service || !action || parts.length !== (sdk ? 3 : 2)) throw new Error(`"${arn}" names no service and action`);
  if (pattern !== 'requestResponse' && pattern !== 'waitForTaskToken') {
    throw new Error(`"${arn}" uses the pattern "${pattern}"; known are request-response and waitForTaskToken`);
  }
  if (sdk && !Object.hasOwn(AWS_SDK_PREFIX, service)) {
    throw new Error(`"${arn}" uses the service "${service}"; known are ${Object.keys(AWS_SDK_PREFIX).join(', ')}`);
  }
  if (!sdk) checkOptimized(arn, service, action, pattern === 'waitForTaskToken');
  return {
    service,
    action,
    pattern,
    style: sdk ? 'awsSdk' : 'optimized',
    resourceType: sdk ? `aws-sdk:${service}` : service,
    resource: operation!,
  };
}

function checkOptimized(arn: string, service: string, action: string, callback: boolean): void {
  const integration = Object.hasOwn(OPTIMIZED, service) ? OPTIMIZED[service] : undefined;
  if (!integration) throw new Error(`"${arn}" is no service integration known here`);
  if (!integration.actions.includes(action)) {
    throw new Error(`"${arn}" uses the action "${action}"; known are ${integration.actions.join(', ')}`);
  }
  if (callback && !integration.callback) throw new Error(`"${arn}" does not support waitForTaskToken`);
}

/** What the state reports when its call failed. */
export function stateErrorOf(call: TaskCall, error: unknown): StateError {
  if (error instanceof FunctionFailure) {
    const { errorType, message: errorMessage, trace } = error;
    return new StateError(errorType, JSON.stringify({ errorMessage, errorType, trace }));
  }
  if (error instanceof ServiceCallError) {
    const name = `${prefixOf(call)}.${errorNameOf(call, error.name)}`;
    const detail = `Service: ${prefixOf(call)}, Status Code: ${error.statusCode}, Request ID: ${error.requestId}`;
    return new StateError(name, `${error.message} (${detail})`);
  }
  if (error instanceof StateError) return error;
  return new StateError('States.TaskFailed', error instanceof Error ? error.message : String(error));
}

function prefixOf(call: TaskCall): string {
  if (call.style === 'awsSdk') return AWS_SDK_PREFIX[call.service]!;
  return OPTIMIZED[call.service]!.prefix;
}

/** SDK integrations append `Exception` where the service's own name lacks it (same AWS page). */
function errorNameOf(call: TaskCall, name: string): string {
  return call.style === 'awsSdk' && !name.endsWith('Exception') ? `${name}Exception` : name;
}
