/** An error as the Amazon States Language names it: what `Retry` and `Catch` match. */
export class StateError extends Error {
  readonly error: string;
  override readonly cause: string;

  constructor(error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.name = 'StateError';
    this.error = error;
    this.cause = cause;
  }
}

/** A refusal of the Step Functions API; `type` is the name of the SDK's exception. */
export class ApiError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = type;
    this.type = type;
  }
}

/** What a task's service said: `name` is the service's own error code, such as `ConditionalCheckFailedException`. */
export class ServiceCallError extends Error {
  override readonly name: string;
  readonly statusCode: number;
  readonly requestId: string;

  constructor(name: string, message: string, statusCode = 400, requestId = '') {
    super(message);
    this.name = name;
    this.statusCode = statusCode;
    this.requestId = requestId;
  }
}

/** A function that ran and failed: the state's error is the function's own `errorType`. */
export class FunctionFailure extends Error {
  readonly errorType: string;
  readonly trace: string[];

  constructor(errorType: string, errorMessage: string, trace: string[] = []) {
    super(errorMessage);
    this.name = 'FunctionFailure';
    this.errorType = errorType;
    this.trace = trace;
  }
}

/** Always fails the execution: no `Retry` and no `Catch` sees it. */
const UNCATCHABLE = 'States.Runtime';

/**
 * Whether one of `patterns` matches `error`.
 * `States.ALL` leaves out `States.DataLimitExceeded`; `States.TaskFailed` leaves out that and `States.Timeout`;
 * `States.Timeout` also matches `States.HeartbeatTimeout`
 * (AWS: "Handling errors in Step Functions workflows"; States Language, appendix A).
 */
export function matchesError(patterns: string[], error: string): boolean {
  if (error === UNCATCHABLE) return false;
  return patterns.some((pattern) => {
    if (pattern === error) return true;
    if (pattern === 'States.ALL') return error !== 'States.DataLimitExceeded';
    if (pattern === 'States.TaskFailed') return error !== 'States.DataLimitExceeded' && error !== 'States.Timeout';
    return pattern === 'States.Timeout' && error === 'States.HeartbeatTimeout';
  });
}
