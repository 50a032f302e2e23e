import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionName } from '../functions.ts';
import type { Settings } from '../settings.ts';
import { acknowledge } from './acknowledge.ts';
import type { FunctionCode } from './bundle.ts';

export const untracedReason = 'X-Ray costs $5 per million traces; it is turned on in the settings when needed.';

/** Of what functions measure of the business; a namespace of its own for each stage of an account. */
export function metricsNamespace({ stage }: Settings): string {
  return `Mallway/${stage}`;
}

export interface ServiceFunctionProps {
  settings: Settings;
  code: FunctionCode;
  description: string;
  timeout?: Duration;
  memoryMegabytes?: number;
  environment?: Record<string, string>;
  /** Why a failed invocation needs no dead-letter queue of the function's own. */
  failuresGo: string;
}

/**
 * A function as every function here is: Node 24 on arm64, its own role with nothing in it but what is added, and its
 * own log group, which outlives no stage. No reserved concurrency: new accounts have too little to reserve from.
 */
export class ServiceFunction extends LambdaFunction {
  constructor(scope: Construct, name: FunctionName, props: ServiceFunctionProps) {
    const { settings } = props;
    const logGroup = new LogGroup(scope, `${name}Logs`, {
      retention: settings.logRetention,
      removalPolicy: settings.removal,
    });
    super(scope, name, {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code(name),
      memorySize: props.memoryMegabytes ?? 512,
      timeout: props.timeout ?? Duration.seconds(30),
      role: new Role(scope, `${name}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
      logGroup,
      tracing: settings.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        POWERTOOLS_SERVICE_NAME: name,
        METRICS_NAMESPACE: metricsNamespace(settings),
        ...props.environment,
      },
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
    acknowledge(this, { 'Serverless-LambdaDLQ': props.failuresGo });
    if (settings.tracing) acknowledge(this.role!, { 'AwsSolutions-IAM5[Resource::*]': 'X-Ray knows no resources.' });
    else acknowledge(this, { 'Serverless-LambdaTracing': untracedReason });
  }

  allow(actions: string[], ...resources: string[]): void {
    this.addToRolePolicy(new PolicyStatement({ actions, resources }));
  }
}
