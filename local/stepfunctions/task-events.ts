import type { TaskState } from './definition.ts';
import type { JsonObject } from './json.ts';
import { parseResource } from './resources.ts';

type TaskMoment = 'Scheduled' | 'Started' | 'Submitted' | 'Succeeded' | 'Failed' | 'TimedOut';

/** The history event of a moment of a task: a Resource that is a Lambda ARN has event types of its own. */
export function taskEvent(
  state: TaskState,
  moment: TaskMoment,
  details: JsonObject,
): { type: string; details?: JsonObject } {
  const { style, resourceType, resource, functionArn } = parseResource(state.Resource);
  if (style === 'lambdaArn') return lambdaEvent(functionArn!, moment, details);
  return {
    type: `Task${moment}`,
    details: { resourceType, resource, ...details },
  };
}

function lambdaEvent(functionArn: string, moment: TaskMoment, details: JsonObject) {
  const type = `LambdaFunction${moment}`;
  if (moment === 'Started') return { type };
  if (moment !== 'Scheduled') return { type, details };
  const { parameters, region: _, ...rest } = details;
  return { type, details: { resource: functionArn, ...(parameters !== undefined && { input: parameters }), ...rest } };
}
