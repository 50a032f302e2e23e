import { type Denial, denialOf } from './denial.ts';
import { type AccessRequest, evaluate, type Policies } from './evaluate.ts';
import type { Statement } from './policy.ts';
import { matchesAction, matchesWildcard } from './wildcard.ts';

/** One action on one resource that a statement allows. */
export interface Grant {
  /** The ARN of who has the policy: a role, or a resource that lets somebody in. */
  holder: string;
  kind: 'role' | 'resource';
  statement: Statement;
  action: string;
  resource: string;
}

/** Everything the policies allow, one action on one resource at a time. Throws at what is allowed by exclusion. */
export function grantsOf({ ofRoles, ofResources }: Policies): Grant[] {
  const of = (kind: Grant['kind'], policies: Policies['ofRoles']) =>
    [...policies].flatMap(([holder, statements]) =>
      statements
        .filter(({ effect }) => effect === 'Allow')
        .flatMap((statement) => {
          if (statement.exceptActions || statement.exceptResources) {
            throw new Error(`${statement.origin}: name what is allowed; NotAction and NotResource cannot be counted.`);
          }
          return statement.actions.flatMap((action) =>
            statement.resources.map((resource) => ({ holder, kind, statement, action, resource })),
          );
        }),
    );
  return [...of('role', ofRoles), ...of('resource', ofResources)];
}

/** The policies as if this one grant had never been given. */
export function without({ holder, kind, statement, action, resource }: Grant, policies: Policies): Policies {
  const rest = [
    { ...statement, actions: statement.actions.filter((it) => it !== action) },
    { ...statement, actions: [action], resources: statement.resources.filter((it) => it !== resource) },
  ].filter(({ actions, resources }) => actions.length > 0 && resources.length > 0);
  const replaced = (of: Policies['ofRoles']) =>
    new Map([...of, [holder, (of.get(holder) ?? []).flatMap((it) => (it === statement ? rest : [it]))]]);
  return kind === 'role'
    ? { ...policies, ofRoles: replaced(policies.ofRoles) }
    : { ...policies, ofResources: replaced(policies.ofResources) };
}

/** The denials of those requests that need the grant, were it gone; a grant that nobody needs has none. */
export function missedBy(grant: Grant, requests: readonly AccessRequest[], policies: Policies): Denial[] {
  const rest = without(grant, policies);
  return requests
    .filter(({ action, resource }) => matchesAction(grant.action, action) && matchesWildcard(grant.resource, resource))
    .filter((request) => evaluate(request, policies).allowed)
    .flatMap((request) => {
      const decision = evaluate(request, rest);
      return decision.allowed ? [] : [denialOf(request, decision)];
    });
}

/** Keeps of all requests one of each kind: by whom, what, on which resource. */
export class RequestRecord {
  readonly #requests = new Map<string, AccessRequest>();

  readonly add = (request: AccessRequest): void => {
    const { principal, action, resource } = request;
    const key = JSON.stringify([principal, action, resource]);
    if (!this.#requests.has(key)) this.#requests.set(key, request);
  };

  get requests(): AccessRequest[] {
    return [...this.#requests.values()];
  }
}
