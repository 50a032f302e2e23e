import type { Stack } from '../../local/assembly/assembly.ts';
import type { TemplateResource } from '../../local/assembly/template.ts';

export interface Planned {
  logicalId: string;
  type: string;
  /** Whether the template gives it its name; then a new deployment cannot make another one of it. */
  isNamed: boolean;
}

export interface StackPlan {
  stack: string;
  deleted: Planned[];
  survives: Planned[];
}

/** What deleting the stacks of an assembly does, in the order in which they have to be deleted. */
export function planOf(stacks: Stack[]): StackPlan[] {
  return stacks.toReversed().map(({ name, template }) => {
    const all = Object.entries(template.Resources).map(([logicalId, resource]) => ({
      logicalId,
      type: resource.Type,
      isNamed: isNamed(resource),
      survives: survives(resource),
    }));
    const only = (wanted: boolean) =>
      all.filter((it) => it.survives === wanted).map(({ survives: _, ...planned }) => planned);
    return { stack: name, deleted: only(false), survives: only(true) };
  });
}

/** Anything but `Delete`, which is also what counts where a template says nothing. */
function survives({ DeletionPolicy = 'Delete' }: TemplateResource & { DeletionPolicy?: string }): boolean {
  return DeletionPolicy !== 'Delete';
}

/** `BucketName`, `LogGroupName`, `StateMachineName`: the name of the type itself. User pools may share theirs. */
function isNamed({ Type, Properties = {} }: TemplateResource): boolean {
  if (Type === 'AWS::Cognito::UserPool') return false;
  return Properties[`${Type.split('::').at(-1)}Name`] !== undefined;
}

/** The plan in words. */
export function planText(plans: StackPlan[]): string {
  const lines = plans.flatMap(({ stack, deleted, survives: kept }) => [
    '',
    `${stack}: ${deleted.length} deleted, ${kept.length} stay`,
    ...counted(deleted).map((line) => `  deleted  ${line}`),
    ...kept.map(
      ({ type, logicalId, isNamed: taken }) => `  stays    ${type} ${logicalId}${taken ? ' (name taken)' : ''}`,
    ),
  ]);
  const taken = plans.flatMap(({ survives: kept }) => kept.filter((it) => it.isNamed));
  if (taken.length > 0) {
    lines.push(
      '',
      '"name taken": a new deployment of this stage stops there, until you delete the thing or import it (`cdk import`).',
    );
  }
  return `${lines.slice(1).join('\n')}\n`;
}

function counted(planned: Planned[]): string[] {
  const counts = new Map<string, number>();
  for (const { type } of planned) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].toSorted().map(([type, count]) => `${count} × ${type}`);
}
