import type { Deployment } from '../assembly/deployment.ts';
import { arn } from '../assembly/home.ts';
import type { LogSink } from '../lambda/environment.ts';
import type { Authoriser } from './authoriser.ts';

/**
 * Lets a function's lines through if its role may write them to its log group, as CloudWatch Logs does: a role that
 * may not leaves no trace but the denial. What has no function, such as the access log, passes.
 */
export function withLogPermissions(deployment: Deployment, authoriser: Authoriser, sink: LogSink): LogSink {
  const functions = new Map(
    deployment.ofType('AWS::Lambda::Function').map(({ name, properties }) => {
      const { LogGroup = `/aws/lambda/${name}` } = (properties.LoggingConfig ?? {}) as { LogGroup?: string };
      return [name, { role: properties.Role, logGroup: arn('logs', `log-group:${LogGroup}`) }];
    }),
  );
  const mayWrite = new Map<string, boolean>();
  const ask = (functionName: string): boolean => {
    const fn = functions.get(functionName);
    if (!fn) return true;
    const demand = (action: string, stream: string) => ({
      action: `logs:${action}`,
      resource: `${fn.logGroup}:log-stream:${stream}`,
      context: {},
    });
    const demands = [demand('CreateLogStream', ''), demand('PutLogEvents', functionName)];
    return authoriser.denialFor({ role: fn.role }, demands) === undefined;
  };
  return (functionName, requestId, line) => {
    let may = mayWrite.get(functionName);
    if (may === undefined) {
      may = ask(functionName);
      mayWrite.set(functionName, may);
    }
    if (may) sink(functionName, requestId, line);
  };
}
