import type { z } from 'zod';
import type { Interpreter } from './interpreter.ts';

/** One operation of the API: the shape of its request and what it does. Unknown members are refused. */
export interface Operation<Shape extends z.ZodType = z.ZodType> {
  request: Shape;
  perform: (interpreter: Interpreter, request: z.output<Shape>) => object;
}

export function operation<Shape extends z.ZodType>(
  request: Shape,
  perform: (interpreter: Interpreter, request: z.output<Shape>) => object,
): Operation {
  return { request, perform: perform as Operation['perform'] };
}

/** Timestamps on the wire: epoch seconds with a fraction. */
export function seconds(instant: number): number {
  return instant / 1000;
}
