import { z } from 'zod';
import type { Deployment } from '../assembly/deployment.ts';
import { awsJson, awsJsonError, type ServiceHandler } from '../services.ts';

const input = z.strictObject({ Name: z.string() });

/** SSM's GetParameter, of the parameters of the template. */
export function parameterService(deployment: Deployment): ServiceHandler {
  return async ({ headers, body }) => {
    const operation = (headers['x-amz-target'] ?? '').split('.').at(-1)!;
    if (operation !== 'GetParameter') {
      return awsJsonError(400, 'UnknownOperationException', `The SSM operation ${operation} is not emulated.`);
    }
    const { Name } = input.parse(JSON.parse(body.toString('utf8')));
    const found = deployment.ofType('AWS::SSM::Parameter').find(({ name }) => name === Name);
    if (!found) return awsJsonError(400, 'ParameterNotFound', `There is no parameter ${Name}.`);
    const { Type, Value } = found.properties;
    return awsJson({ Parameter: { Name, Type, Value } }, 'application/x-amz-json-1.1');
  };
}
