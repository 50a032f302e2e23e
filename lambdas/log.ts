import { Logger } from '@aws-lambda-powertools/logger';

/** Structured log lines. Only ids, codes and counts are ever given to it: no names, addresses, tokens or bodies. */
export const logger = new Logger({ serviceName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'mallway' });
