/** The parts of a CloudFormation template that are read here; anything else in a template stops the reading. */
export interface Template {
  Parameters?: Record<string, TemplateParameter>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  Conditions?: Record<string, unknown>;
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, TemplateOutput>;
}

export interface TemplateParameter {
  Type: string;
  Default?: string;
  AllowedValues?: string[];
  AllowedPattern?: string;
  ConstraintDescription?: string;
  Description?: string;
}

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  Condition?: string;
}

export interface TemplateOutput {
  Value: unknown;
  Export?: { Name: unknown };
  Condition?: string;
}

/** Sections and attributes that mean nothing to a machine without CloudFormation, with the reason. */
const ignored = {
  sections: {
    AWSTemplateFormatVersion: 'there is one version',
    Description: 'for people',
    Metadata: 'for tools',
    Rules: 'assertions about the bootstrap stack of an account',
  },
  attributes: {
    DependsOn: 'everything is declared before anything runs',
    DeletionPolicy: 'the data folder stays until it is deleted as a whole',
    UpdateReplacePolicy: 'nothing is replaced: names are derived from logical ids',
    Metadata: 'for tools',
  },
};

const knownSections = [
  'Parameters',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
  ...Object.keys(ignored.sections),
];
const knownAttributes = ['Type', 'Properties', 'Condition', ...Object.keys(ignored.attributes)];

/** Stops at a section or resource attribute that is not understood. */
export function checkTemplate(stack: string, template: object): asserts template is Template {
  const section = Object.keys(template).find((name) => !knownSections.includes(name));
  if (section) throw new Error(`Stack ${stack}: the template section ${section} is not understood here.`);
  const { Resources } = template as Partial<Template>;
  if (!Resources) throw new Error(`Stack ${stack}: the template has no Resources.`);
  for (const [logicalId, resource] of Object.entries(Resources)) {
    const attribute = Object.keys(resource).find((name) => !knownAttributes.includes(name));
    if (attribute)
      throw new Error(`${stack}/${logicalId}: the resource attribute ${attribute} is not understood here.`);
  }
}
