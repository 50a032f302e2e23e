import type { Deployment } from '../assembly/deployment.ts';
import { Authoriser } from '../iam/authoriser.ts';
import type { Denial } from '../iam/denial.ts';
import { deploymentDemands } from '../iam/deployment-demands.ts';
import type { AccessRequest } from '../iam/evaluate.ts';
import { lookupOf } from '../iam/lookup.ts';
import { policiesOf } from '../iam/template-policies.ts';
import type { KeyStore } from '../kms/key-store.ts';

export interface AccessOptions {
  deployment: Deployment;
  keys: Pick<KeyStore, 'find'>;
  executionOfToken: (token: string) => string | undefined;
  administrators: readonly string[];
  onRequest?: ((request: AccessRequest) => void) | undefined;
  onDenied?: ((denial: Denial) => void) | undefined;
  log: (line: string) => void;
}

/**
 * The policies of the template, enforced. Throws, naming each resource, when services may not do with a role what the
 * template wants of them: AWS would refuse the deployment, or the resource would never work.
 */
export function enforceAccess(options: AccessOptions): Authoriser {
  const { deployment, administrators, onRequest, onDenied = () => {}, log } = options;
  const lookup = lookupOf(options);
  const authoriser = new Authoriser({
    policies: policiesOf(deployment),
    lookup,
    administrators,
    onRequest,
    onDenied: (denial) => {
      log(`ERROR ${denial.message}`);
      onDenied(denial);
    },
  });
  const denied = deploymentDemands(deployment, lookup).flatMap(({ origin, principal, demand }) => {
    const denial = authoriser.denialFor(principal, [demand]);
    return denial ? [`${origin}: ${denial.message}`] : [];
  });
  if (denied.length > 0) throw new Error(`The template lacks permissions:\n${denied.join('\n')}`);
  return authoriser;
}
