/** Where the embedded cloud says it is. The account is one AWS never gives to anybody. */
export const accountId = '000000000000';
export const region = 'us-east-1';
export const partition = 'aws';

/** The pseudo parameters of CloudFormation that are the same in every stack. */
export const pseudoParameters: Record<string, string> = {
  'AWS::AccountId': accountId,
  'AWS::Region': region,
  'AWS::Partition': partition,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** An ARN in this account and region. */
export function arn(service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}
