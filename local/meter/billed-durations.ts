import type { Deployment } from '../assembly/deployment.ts';
import type { Usage } from './usage-meter.ts';

/** Wall time that an invocation is taken to be billed for, cold starts included; docs/cost.md says why so much. */
export const billedMs = 45;

/** GB-seconds of the invocations counted, all of the usual duration: those measured here mean nothing elsewhere. */
export function usualGbSeconds(deployment: Deployment, byResource: Usage['byResource']): number {
  const functions = deployment.ofType('AWS::Lambda::Function');
  return functions.reduce((sum, { name, properties }) => {
    const invocations = byResource[name]?.['lambda.request'] ?? 0;
    return sum + invocations * ((properties.MemorySize ?? 128) / 1024) * (billedMs / 1000);
  }, 0);
}
