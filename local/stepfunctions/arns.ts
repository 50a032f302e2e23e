import { ApiError } from './errors.ts';

export interface Home {
  /** `aws` unless the template says otherwise. */
  partition?: string;
  region: string;
  /** 12 digits. */
  account: string;
}

export function machineArn(home: Home, name: string): string {
  return `arn:${home.partition ?? 'aws'}:states:${home.region}:${home.account}:stateMachine:${name}`;
}

export function executionArn(machine: string, name: string): string {
  return `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Machine ARN without its version or alias, and the qualifier. */
export function splitMachineArn(arn: string): { machine: string; qualifier?: string } {
  const match = /^(arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:]+)(?::([^:]+))?$/.exec(arn);
  if (!match) throw new ApiError('InvalidArn', `Invalid Arn: '${arn}' is not the ARN of a state machine`);
  return { machine: match[1]!, ...(match[2] !== undefined && { qualifier: match[2] }) };
}

export function checkExecutionArn(arn: string): void {
  if (!/^arn:[\w-]+:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/.test(arn)) {
    throw new ApiError('InvalidArn', `Invalid Arn: '${arn}' is not the ARN of an execution`);
  }
}

/** Names of machines and executions (AWS: StartExecution, `name`). */
export function checkName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what AWS forbids
  if (name.length < 1 || name.length > 80 || /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/.test(name)) {
    throw new ApiError(
      'InvalidName',
      `Invalid Name: '${name}' must be 1 to 80 characters, without spaces, brackets, wildcards or "#%\\^|~\`$&,;:/`,
    );
  }
}
