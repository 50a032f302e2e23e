import { type Condition, parseConditions } from './condition.ts';

/** One statement of a policy. */
export interface Statement {
  /** Where it stands: stack and logical id of the resource. */
  origin: string;
  effect: 'Allow' | 'Deny';
  /** Of a resource's policy: whom it speaks of. */
  principals?: Principals;
  actions: string[];
  /** It speaks of every action but `actions`. */
  exceptActions: boolean;
  resources: string[];
  /** It speaks of every resource but `resources`. */
  exceptResources: boolean;
  conditions: Condition[];
}

export interface Principals {
  /** ARNs of roles, the account (its id or its root's ARN), or `*`. */
  aws: string[];
  /** Such as `lambda.amazonaws.com`. */
  services: string[];
}

const elements = ['Sid', 'Effect', 'Principal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'] as const;

type Given = Partial<Record<(typeof elements)[number], unknown>>;

/**
 * The statements of a policy document whose intrinsic functions are resolved. `kind` says whether it belongs to a
 * role, to a resource, or is the trust policy of a role. Throws, with the logical id, at an element that is not
 * modelled: `NotPrincipal`, federated principals, policy variables, unknown conditions.
 */
export function parsePolicy(
  document: { Statement: readonly object[]; Version?: unknown },
  origin: string,
  kind: 'identity' | 'resource' | 'trust',
): Statement[] {
  if (document.Version !== undefined && document.Version !== '2012-10-17') {
    throw new Error(`${origin}: policies of version ${document.Version} are not modelled; use 2012-10-17.`);
  }
  return document.Statement.map((statement) => parseStatement(statement, origin, kind));
}

function parseStatement(statement: Given, origin: string, kind: 'identity' | 'resource' | 'trust'): Statement {
  const unknown = Object.keys(statement).find((name) => !(elements as readonly string[]).includes(name));
  if (unknown) throw new Error(`${origin}: the policy element ${unknown} is not modelled here.`);
  const { Effect, Principal, Action, NotAction, Resource, NotResource, Condition } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny')
    throw new Error(`${origin}: the Effect ${Effect} is neither Allow nor Deny.`);
  if ((Action === undefined) === (NotAction === undefined)) {
    throw new Error(`${origin}: a statement needs either Action or NotAction.`);
  }
  const hasResource = Resource !== undefined || NotResource !== undefined;
  if (hasResource === (kind === 'trust') || (Resource !== undefined && NotResource !== undefined)) {
    throw new Error(`${origin}: a statement needs either Resource or NotResource, in a trust policy neither.`);
  }
  if ((Principal === undefined) !== (kind === 'identity')) {
    throw new Error(`${origin}: the policy of a resource says Principal, the policy of a role does not.`);
  }
  return {
    origin,
    effect: Effect,
    ...(Principal !== undefined && { principals: parsePrincipals(Principal, origin) }),
    actions: texts(Action ?? NotAction, origin),
    exceptActions: Action === undefined,
    resources: kind === 'trust' ? ['*'] : texts(Resource ?? NotResource, origin),
    exceptResources: NotResource !== undefined,
    conditions: parseConditions(Condition, origin),
  };
}

function parsePrincipals(principal: unknown, origin: string): Principals {
  if (principal === '*') return { aws: ['*'], services: ['*'] };
  const { AWS = [], Service = [], ...others } = principal as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other) throw new Error(`${origin}: principals of kind ${other} are not modelled here.`);
  return { aws: texts(AWS, origin), services: texts(Service, origin).map(withoutRegion) };
}

/** `states.us-east-1.amazonaws.com` is the same service as `states.amazonaws.com`. */
function withoutRegion(service: string): string {
  return service.replace(/^([a-z-]+)\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com$/, '$1.amazonaws.com');
}

function texts(value: unknown, origin: string): string[] {
  return [value].flat().map((text) => {
    if (typeof text !== 'string') throw new Error(`${origin}: ${JSON.stringify(text)} in a policy is no text.`);
    if (text.includes('${')) throw new Error(`${origin}: the policy variable in ${text} is not modelled here.`);
    return text;
  });
}
