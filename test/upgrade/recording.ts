import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../../local/assembly/deployment.ts';

/** What is told of a recorded data folder beside it. */
export interface Recording {
  /** The commit that it was made from. */
  sources: string;
  /** Business time at which it was left. */
  now: string;
  /** By what became of them. */
  orders: Record<string, { id: string; status: string; waits: string[]; execution: string | null }>;
  /** Of the recorded assembly: what holds data, and what the definitions of open executions name. */
  resources: { type: string; stack: string; logicalId: string; name: string }[];
}

const lasting = [
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::Cognito::UserPool',
  'AWS::StepFunctions::StateMachine',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
];

const home = join(import.meta.dirname, 'recorded');

export function recordings(): string[] {
  return readdirSync(home)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .sort();
}

export const manifestOf = (name: string) => join(home, `${name}.json`);
export const archiveOf = (name: string) => join(home, `${name}.folder.br`);

export function readRecording(name: string): Recording {
  return JSON.parse(readFileSync(manifestOf(name), 'utf8')) as Recording;
}

export function resourcesOf({ resources }: Deployment): Recording['resources'] {
  return resources
    .filter(({ type }) => lasting.includes(type))
    .map(({ type, stack, logicalId, name }) => ({ type, stack, logicalId, name }));
}
