import { ApiError } from './errors.ts';
import { type Json, PAYLOAD_LIMIT_BYTES } from './json.ts';

/** The input of an execution as the text it is kept in. */
export function inputText(input: string | Json): string {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  if (Buffer.byteLength(text) > PAYLOAD_LIMIT_BYTES) {
    throw new ApiError('ValidationException', `The input is above ${PAYLOAD_LIMIT_BYTES} bytes`);
  }
  try {
    JSON.parse(text);
  } catch (error) {
    throw new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: ${(error as Error).message}`);
  }
  return text;
}

/** The output sent with a token; text is read as JSON. */
export function parseOutput(output: string | Json): Json {
  if (typeof output !== 'string') return output;
  if (Buffer.byteLength(output) > PAYLOAD_LIMIT_BYTES) {
    throw new ApiError('ValidationException', `The output is above ${PAYLOAD_LIMIT_BYTES} bytes`);
  }
  try {
    return JSON.parse(output) as Json;
  } catch (error) {
    throw new ApiError('InvalidOutput', `Invalid Output: ${(error as Error).message}`);
  }
}
