import { z } from 'zod';
import { arnOf, byName, generatedName, noOp } from './resource-type.ts';
import { tags, text } from './shapes.ts';

/* Maps. */

export const placeIndex = {
  properties: z.strictObject({
    IndexName: text,
    DataSource: z.enum(['Here', 'Grab']),
    DataSourceConfiguration: z.strictObject({ IntendedUse: z.enum(['SingleUse', 'Storage']) }).optional(),
    Description: text.optional(),
    PricingPlan: noOp('there is one'),
    Tags: tags,
  }),
  nameProperty: 'IndexName',
  defaultName: generatedName(100),
  ref: byName,
  attributes: { Arn: arnOf('geo', 'place-index/'), IndexArn: arnOf('geo', 'place-index/') },
};

export const routeCalculator = {
  properties: z.strictObject({
    CalculatorName: text,
    DataSource: z.enum(['Here', 'Grab']),
    Description: text.optional(),
    PricingPlan: noOp('there is one'),
    Tags: tags,
  }),
  nameProperty: 'CalculatorName',
  defaultName: generatedName(100),
  ref: byName,
  attributes: { Arn: arnOf('geo', 'route-calculator/'), CalculatorArn: arnOf('geo', 'route-calculator/') },
};
