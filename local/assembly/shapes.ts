import { z } from 'zod';
import { noOp } from './resource-type.ts';

/** Shapes many resource types have. */
export const text = z.string();
export const whole = z.coerce.number().int();
export const tags = noOp('nobody is billed by tag here');
export const policyDocument = z.looseObject({ Statement: z.array(z.looseObject({})) });
export const encryption = noOp('the data folder is as safe as the disk it lies on');
