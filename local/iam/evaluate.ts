import { type Context, isMet } from './condition.ts';
import type { Statement } from './policy.ts';
import { matchesAction, matchesArn, matchesWildcard } from './wildcard.ts';

/** Who asks: a role, or an AWS service that acts for itself. */
export type Principal = { role: string } | { service: string };

/** One action on one resource, as IAM sees it; a call may ask for several. */
export interface AccessRequest {
  /** A role by its ARN. */
  principal: Principal;
  /** Such as `dynamodb:PutItem`. */
  action: string;
  /** ARN, or `*` for an action that knows no resources. */
  resource: string;
  context: Context;
}

/** All policies of an account. */
export interface Policies {
  /** By the ARN of the role. */
  ofRoles: ReadonlyMap<string, readonly Statement[]>;
  /** By the ARN of the queue, bucket, key or function; of a role, its trust policy. */
  ofResources: ReadonlyMap<string, readonly Statement[]>;
}

export type Decision = { allowed: true } | { allowed: false; because: string };

/**
 * What IAM decides within one account: an explicit Deny wins; otherwise the role's policies or the resource's must
 * allow. A key's policy must allow as well, in itself or by handing over to the account; a role's trust policy and
 * what a service does for itself know the resource's policy only.
 * Source: "Policy evaluation logic", IAM User Guide; "Key policies", KMS Developer Guide.
 */
export function evaluate(request: AccessRequest, { ofRoles, ofResources }: Policies): Decision {
  const { principal, action, resource } = request;
  const own = 'role' in principal ? (ofRoles.get(principal.role) ?? []) : [];
  const policy = ofResources.get(policyHolder(resource)) ?? [];
  const applies = (statement: Statement) => speaksOf(statement, request);

  const deniedBy = (kind: string) => ({ allowed: false as const, because: `with an explicit deny in ${kind}` });
  if (own.some((it) => it.effect === 'Deny' && applies(it))) return deniedBy('an identity-based policy');
  if (policy.some((it) => it.effect === 'Deny' && names(it, principal, true) && applies(it))) {
    return deniedBy('a resource-based policy');
  }
  const missing = (kind: string) => ({
    allowed: false as const,
    because: `because no ${kind} allows the ${action} action`,
  });
  const resourceAllows = policy.some((it) => it.effect === 'Allow' && names(it, principal, false) && applies(it));
  if (resourceAllows) return { allowed: true };
  if (!('role' in principal) || action === 'sts:AssumeRole') return missing('resource-based policy');
  if (!own.some((it) => it.effect === 'Allow' && applies(it))) return missing('identity-based policy');
  const needsKeyPolicy = action.startsWith('kms:') && resource !== '*';
  if (needsKeyPolicy && !policy.some((it) => it.effect === 'Allow' && namesAccount(it, principal) && applies(it))) {
    return missing('resource-based policy');
  }
  return { allowed: true };
}

/** Whether action, resource and conditions of a statement are those of the request. */
export function speaksOf(statement: Statement, { action, resource, context }: AccessRequest): boolean {
  return (
    statement.actions.some((pattern) => matchesAction(pattern, action)) !== statement.exceptActions &&
    statement.resources.some((pattern) => matchesWildcard(pattern, resource)) !== statement.exceptResources &&
    statement.conditions.every((condition) => isMet(condition, context))
  );
}

function names({ principals }: Statement, principal: Principal, isDeny: boolean): boolean {
  if (!principals) return false;
  if ('service' in principal) return principals.services.some((it) => it === '*' || it === principal.service);
  const isNamed = principals.aws.some((it) => it === '*' || it === principal.role);
  return isNamed || (isDeny && namesAccount({ principals }, principal));
}

/** An Allow for the account hands over to the policies of its roles, a Deny meets all of them. */
function namesAccount({ principals }: Pick<Statement, 'principals'>, principal: { role: string }): boolean {
  const account = principal.role.split(':')[4]!;
  return principals?.aws.some((it) => it === account || matchesArn(`arn:*:iam::${account}:root`, it)) ?? false;
}

/** The ARN of what has the policy: an object's bucket, a function without its version. */
export function policyHolder(resource: string): string {
  if (resource.startsWith('arn:aws:s3:')) return resource.split('/')[0]!;
  return resource.includes(':lambda:') ? resource.split(':').slice(0, 7).join(':') : resource;
}
