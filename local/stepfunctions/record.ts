export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** What is fixed when an execution starts. Instants are business ms, inputs and outputs JSON text. */
export interface ExecutionIdentity {
  id: number;
  arn: string;
  name: string;
  machineArn: string;
  machineName: string;
  versionArn: string | null;
  aliasArn: string | null;
  definitionHash: string;
  roleArn: string;
  input: string;
  startDate: number;
}

export interface ExecutionProgress {
  status: ExecutionStatus;
  stopDate: number | null;
  output: string | null;
  error: string | null;
  cause: string | null;
  redriveCount: number;
  redriveDate: number | null;
  /** States entered, retries and states run again by a redrive. */
  transitions: number;
  nextEventId: number;
  nextFrameId: number;
}

export type ExecutionRecord = ExecutionIdentity & ExecutionProgress;

export function startedRecord(identity: ExecutionIdentity): ExecutionRecord {
  return {
    ...identity,
    status: 'RUNNING',
    stopDate: null,
    output: null,
    error: null,
    cause: null,
    redriveCount: 0,
    redriveDate: null,
    transitions: 0,
    nextEventId: 1,
    nextFrameId: 0,
  };
}
