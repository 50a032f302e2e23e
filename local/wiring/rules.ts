import { randomUUID } from 'node:crypto';
import type { Deployment } from '../assembly/deployment.ts';
import type { Clock } from '../clock.ts';
import { Rule } from '../events/rule.ts';
import { functionNameOf } from '../lambda/registration.ts';

/** The enabled schedules of the template. */
export function rulesOf(
  deployment: Deployment,
  clock: Clock,
  invoke: (functionName: string, event: unknown, ruleArn: string) => void,
): Rule[] {
  return deployment
    .ofType('AWS::Events::Rule')
    .filter(({ properties }) => properties.State !== 'DISABLED')
    .map((resource) => {
      const { stack, logicalId, name, properties } = resource;
      const targets = (properties.Targets ?? []).map(({ Arn, Input }) => {
        if (!Arn.includes(':lambda:')) {
          throw new Error(`${stack}/${logicalId}: its target ${Arn} is no function; other targets are not emulated.`);
        }
        return { functionName: functionNameOf(Arn), input: Input };
      });
      const arn = deployment.attribute(resource, 'Arn');
      const definition = { name, arn, scheduleExpression: properties.ScheduleExpression, targets };
      return new Rule({
        definition,
        clock,
        invoke: (functionName, event) => invoke(functionName, event, arn),
        newId: randomUUID,
      });
    });
}
