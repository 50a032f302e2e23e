/** What the template says about one function, resolved. */
export interface FunctionRegistration {
  name: string;
  arn: string;
  /** The unpacked asset: what AWS would have under /var/task. */
  assetDirectory: string;
  /** `<module path>.<export>`, for example `index.handler`. */
  handler: string;
  runtime: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
  /** The access key of the function's role. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** AWS::Lambda::EventInvokeConfig; AWS's defaults where absent. */
  asynchronous?: AsynchronousSettings;
}

export interface AsynchronousSettings {
  /** 0 to 2; 2 unless told. */
  maximumRetryAttempts?: number;
  /** Business seconds; 6 hours unless told. */
  maximumEventAgeSeconds?: number;
  /** Sends the failure record to the destination (a queue, a topic, ...). */
  onFailure?: (record: FailureRecord) => Promise<void>;
}

/** The record Lambda sends to an on-failure destination. */
export interface FailureRecord {
  version: '1.0';
  timestamp: string;
  requestContext: {
    requestId: string;
    functionArn: string;
    condition: 'RetriesExhausted' | 'EventAgeExceeded';
    approximateInvokeCount: number;
  };
  requestPayload: unknown;
  responseContext: { statusCode: number; executedVersion: string; functionError: string };
  responsePayload: unknown;
}

const supportedRuntimes = new Set(['nodejs24.x']);

/** Stops at anything this host cannot run as AWS would. */
export function checkRegistration(registration: FunctionRegistration): void {
  const { name, runtime, timeoutSeconds, memoryMb, handler } = registration;
  if (!supportedRuntimes.has(runtime)) {
    throw new Error(
      `Function ${name}: the runtime ${runtime} is not supported here; use ${[...supportedRuntimes].join(' or ')}.`,
    );
  }
  if (!(timeoutSeconds >= 1 && timeoutSeconds <= 900)) {
    throw new Error(`Function ${name}: a timeout of ${timeoutSeconds} s is outside Lambda's 1 to 900 s.`);
  }
  if (!(memoryMb >= 128 && memoryMb <= 10_240)) {
    throw new Error(`Function ${name}: a memory size of ${memoryMb} MB is outside Lambda's 128 to 10240 MB.`);
  }
  if (!/\.[^./]+$/.test(handler)) {
    throw new Error(`Function ${name}: the handler ${handler} must read <module>.<export>, as index.handler.`);
  }
}

/** The name in a function name, an ARN, a partial ARN, each with or without a qualifier. */
export function functionNameOf(reference: string): string {
  const match = /^(?:arn:[^:]+:lambda:[^:]+:|[^:]+:)?(?:\d{12}:)?function:([^:]+)(?::[^:]+)?$/.exec(reference);
  return match?.[1] ?? reference.split(':')[0] ?? reference;
}
