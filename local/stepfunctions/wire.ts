import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { awsJson, awsJsonError, type ServiceHandler } from '../services.ts';
import { ApiError } from './errors.ts';
import type { Interpreter } from './interpreter.ts';
import type { Operation } from './operation.ts';
import * as executions from './wire-executions.ts';
import * as machines from './wire-machines.ts';

const OPERATIONS: Record<string, Operation> = { ...machines.operations, ...executions.operations };

/** The Step Functions API as the SDK speaks it: AWS JSON 1.0, target `AWSStepFunctions.<operation>`. */
export function stepFunctionsHandler(interpreter: Interpreter): ServiceHandler {
  return async ({ headers, body }) => {
    try {
      const name = (headers['x-amz-target'] ?? '').replace('AWSStepFunctions.', '');
      const known = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
      if (!known) throw new ApiError('UnknownOperationException', `Step Functions here has no operation "${name}"`);
      const request = read(known.request, body.toString('utf8'));
      const answer = awsJson(known.perform(interpreter, request));
      return { ...answer, headers: { ...answer.headers, 'x-amzn-requestid': randomUUID() } };
    } catch (error) {
      if (error instanceof ApiError) return awsJsonError(400, error.type, error.message);
      throw error;
    }
  };
}

function read(shape: z.ZodType, text: string): unknown {
  let given: unknown;
  try {
    given = JSON.parse(text === '' ? '{}' : text);
  } catch (error) {
    throw new ApiError('SerializationException', `The request is not JSON: ${(error as Error).message}`);
  }
  const parsed = shape.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ApiError('ValidationException', z.prettifyError(parsed.error));
}
