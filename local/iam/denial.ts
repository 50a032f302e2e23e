import { S3Error } from '../s3/s3-error.ts';
import { awsJsonError, type ServiceRequest, type ServiceResponse } from '../services.ts';
import type { AccessRequest, Decision } from './evaluate.ts';

/** A request that IAM refused. */
export interface Denial {
  request: AccessRequest;
  /** As AWS says it: who may not do what on which resource, and why. */
  message: string;
}

/** AWS names a session of the role; here it is the role itself, which is what has to be mended. */
export function denialOf(request: AccessRequest, { because }: Decision & { allowed: false }): Denial {
  const { principal, action, resource } = request;
  const who = 'role' in principal ? principal.role : principal.service;
  return {
    request,
    message: `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
  };
}

/** The refusal as the clients of each service read it. */
export function refusalOf({ message }: Denial, { service, method }: ServiceRequest): ServiceResponse {
  switch (service) {
    case 's3':
      return new S3Error(403, 'AccessDenied', message).toResponse(method);
    case 'lambda':
    case 'geo':
    case 'geo-routes':
    case 'geo-places':
      return {
        status: 403,
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'AccessDeniedException' },
        body: JSON.stringify({ message, Message: message }),
      };
    case 'sqs': {
      const refusal = awsJsonError(403, 'com.amazon.coral.service#AccessDeniedException', message);
      return { ...refusal, headers: { ...refusal.headers, 'x-amzn-query-error': 'AccessDenied;Sender' } };
    }
    case 'dynamodb':
      return awsJsonError(400, 'com.amazon.coral.service#AccessDeniedException', message);
    default:
      return awsJsonError(400, 'AccessDeniedException', message);
  }
}
