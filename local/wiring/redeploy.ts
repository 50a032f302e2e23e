import { isDeepStrictEqual } from 'node:util';
import type { Deployment, Resource } from '../assembly/deployment.ts';
import type { ResourceTypeName } from '../assembly/resource-types.ts';
import type { FunctionRegistration } from '../lambda/registration.ts';

/** What may become another while everything runs. */
const changeable: readonly ResourceTypeName[] = [
  'AWS::CloudFront::Distribution',
  'AWS::Lambda::Function',
  'AWS::SSM::Parameter',
  'AWS::SecretsManager::Secret',
];

/** The resources of one stack that are new or another than before. Throws where one cannot be changed while it runs. */
export function changesOf(stack: string, before: Deployment, after: Deployment): Resource[] {
  const of = ({ resources }: Deployment) =>
    new Map(resources.filter((it) => it.stack === stack).map((it) => [it.logicalId, it]));
  const [old, young] = [of(before), of(after)];
  if (young.size === 0) throw new Error(`The assembly has no stack ${stack}.`);
  const gone = [...old.values()].filter(({ logicalId }) => !young.has(logicalId));
  const changed = [...young.values()].filter((it) => !isDeepStrictEqual(it, old.get(it.logicalId)));
  const refused = [...gone, ...changed].find(({ type }) => !changeable.includes(type));
  if (refused) {
    const { logicalId, type } = refused;
    throw new Error(
      `${stack}/${logicalId} (${type}) differs from what runs; stop the cloud, and start it with the new assembly.`,
    );
  }
  return changed;
}

export interface RedeploymentOptions {
  /** What runs at first. */
  deployment: Deployment;
  functionsOf(next: Deployment): FunctionRegistration[];
  update(registration: FunctionRegistration): void;
  follow(next: Deployment): void;
  keepSecretsOf(next: Deployment): void;
}

/** Deploys single stacks over what runs; each is held against what it was last deployed from. */
export function redeployment(options: RedeploymentOptions): (next: Deployment, stack: string) => Deployment {
  const running = new Map<string, Deployment>();
  return (next, stack) => {
    const changed = changesOf(stack, running.get(stack) ?? options.deployment, next);
    const names = new Set(changed.map(({ name }) => name));
    for (const registration of options.functionsOf(next)) {
      if (names.has(registration.name)) options.update(registration);
    }
    if (changed.some(({ type }) => type === 'AWS::CloudFront::Distribution')) options.follow(next);
    if (next.ofType('AWS::SecretsManager::Secret').some((it) => it.stack === stack)) options.keepSecretsOf(next);
    running.set(stack, next);
    return next;
  };
}
