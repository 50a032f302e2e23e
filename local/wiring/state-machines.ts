import type { Deployment } from '../assembly/deployment.ts';
import type { HistoryLog } from '../meter/logs.ts';
import type { MachineRegistry } from '../stepfunctions/machines.ts';

/** Puts the state machines of the template into the registry, publishes their versions, and points aliases at them. */
export function deployStateMachines(deployment: Deployment, machines: MachineRegistry): void {
  for (const { name, properties } of deployment.ofType('AWS::StepFunctions::StateMachine')) {
    machines.put({ name, definition: properties.DefinitionString, roleArn: properties.RoleArn });
  }
  const published = new Map(
    deployment.ofType('AWS::StepFunctions::StateMachineVersion').map(({ ref, properties }) => {
      const version = machines.publish(properties.StateMachineArn, properties.Description);
      return [ref, version.arn];
    }),
  );
  for (const { stack, logicalId, properties } of deployment.ofType('AWS::StepFunctions::StateMachineAlias')) {
    const routing = properties.RoutingConfiguration.map(({ StateMachineVersionArn, Weight }) => {
      const stateMachineVersionArn = published.get(StateMachineVersionArn);
      if (!stateMachineVersionArn)
        throw new Error(`${stack}/${logicalId}: there is no version ${StateMachineVersionArn}.`);
      return { stateMachineVersionArn, weight: Weight };
    });
    machines.putAlias({
      name: properties.Name,
      routing,
      ...(properties.Description && { description: properties.Description }),
    });
  }
}

/** The machines whose whole history is logged, by name. */
export function historyLogs(deployment: Deployment): Map<string, HistoryLog> {
  return new Map(
    deployment.ofType('AWS::StepFunctions::StateMachine').flatMap(({ name, properties }) => {
      const { Level, IncludeExecutionData = false } = properties.LoggingConfiguration ?? {};
      return Level === 'ALL' ? [[name, { includesData: IncludeExecutionData }] as const] : [];
    }),
  );
}
