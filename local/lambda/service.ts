import type { ServiceHandler, ServiceResponse } from '../services.ts';
import { errorPayload, throttled } from './asynchronous.ts';
import type { LambdaHost } from './host.ts';
import { payloadLimitBytes } from './runtime-api.ts';

/** Bytes an `Event` invocation may carry (Lambda quota). */
const asynchronousPayloadLimitBytes = 1_048_576;

const unsupportedHeaders = [
  'x-amz-client-context',
  'x-amz-log-type',
  'x-amz-tenant-id',
  'x-amz-durable-execution-name',
];

/** The wire API of Lambda as far as it is emulated: Invoke. */
export function lambdaService(host: LambdaHost): ServiceHandler {
  return async (request) => {
    const match = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.path);
    if (!match || request.method !== 'POST') {
      return restError(
        400,
        'UnsupportedOperation',
        `${request.method} ${request.path} is not emulated; only Invoke is.`,
      );
    }
    const functionName = decodeURIComponent(match[1] ?? '');
    const unsupported = unsupportedHeaders.find((name) => request.headers[name] && request.headers[name] !== 'None');
    if (unsupported) return restError(400, 'InvalidParameterValueException', `${unsupported} is not emulated.`);
    if (!host.registration(functionName)) {
      return restError(404, 'ResourceNotFoundException', `Function not found: ${functionName}`, { Type: 'User' });
    }
    const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    const limit = type === 'Event' ? asynchronousPayloadLimitBytes : payloadLimitBytes;
    if (request.body.length > limit) {
      const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
      return restError(413, 'RequestTooLargeException', message);
    }
    let payload: unknown;
    try {
      payload = request.body.length === 0 ? {} : JSON.parse(request.body.toString('utf8'));
    } catch (error) {
      return restError(400, 'InvalidRequestContentException', `Could not parse request body into json: ${error}`);
    }
    switch (type) {
      case 'DryRun':
        return { status: 204, headers: {}, body: '' };
      case 'Event': {
        const { requestId } = host.invokeAsync(functionName, payload);
        return { status: 202, headers: { 'x-amzn-requestid': requestId }, body: '' };
      }
      case 'RequestResponse':
        return invokeAndAnswer(host, functionName, payload);
      default:
        return restError(400, 'InvalidParameterValueException', `Unknown X-Amz-Invocation-Type ${type}.`);
    }
  };
}

async function invokeAndAnswer(host: LambdaHost, functionName: string, payload: unknown): Promise<ServiceResponse> {
  const outcome = await host.invoke(functionName, payload);
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' };
  if (outcome.ok) return { status: 200, headers, body: JSON.stringify(outcome.payload) };
  if (outcome.errorType === throttled) {
    return restError(429, throttled, outcome.errorMessage, { Reason: 'ConcurrentInvocationLimitExceeded' });
  }
  return {
    status: 200,
    headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
    body: JSON.stringify(errorPayload(outcome)),
  };
}

function restError(status: number, type: string, message: string, extra: object = {}): ServiceResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': type },
    body: JSON.stringify({ message, ...extra }),
  };
}
