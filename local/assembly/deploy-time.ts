import type { TemplateResource } from './template.ts';

/**
 * What a template has only to be deployed: the functions behind custom resources, with their roles, policies and
 * layers. The embedded cloud performs those custom resources itself, so none of it is there.
 */
export function deployTimeIds(resources: Record<string, TemplateResource>): Set<string> {
  const of = (id: string) => resources[id]?.Properties ?? {};
  const functions = Object.values(resources)
    .filter(({ Type }) => Type.startsWith('Custom::'))
    .flatMap(({ Properties = {} }) => targets(Properties.ServiceToken));
  const roles = functions.flatMap((id) => targets(of(id).Role));
  const policies = Object.keys(resources).filter(
    (id) => resources[id]!.Type === 'AWS::IAM::Policy' && targets(of(id).Roles).some((role) => roles.includes(role)),
  );
  const layers = Object.keys(resources).filter((id) => resources[id]!.Type === 'AWS::Lambda::LayerVersion');
  return new Set([...functions, ...roles, ...policies, ...layers]);
}

/** The logical ids that a value refers to. */
function targets(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Ref' in value) return [String(value.Ref)];
  if ('Fn::GetAtt' in value) return [String((value['Fn::GetAtt'] as unknown[])[0])];
  return Object.values(value).flatMap(targets);
}
