import { Duration } from 'aws-cdk-lib';
import {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  type ResponseHeadersPolicyProps,
} from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

/** Origins, besides the pages' own, that pages may speak to. */
export interface OtherOrigins {
  /** Where photos are uploaded to and looked at. */
  objectStore: string;
  /** Where sign-in codes are exchanged for tokens. */
  signIn: string;
}

/** No script or style but our own, nothing inline, nobody's frame. */
export function contentSecurityPolicy({ objectStore, signIn }: OtherOrigins): string {
  return [
    "default-src 'self'",
    `img-src 'self' data: blob: ${objectStore}`,
    `connect-src 'self' ${objectStore} ${signIn}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** What every answer of pages and API tells a browser. */
export class SecurityHeaders extends ResponseHeadersPolicy {
  constructor(scope: Construct, id: string, props: OtherOrigins & Pick<ResponseHeadersPolicyProps, 'comment'>) {
    super(scope, id, {
      comment: props.comment!,
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(props), override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        // The address of a tracking page is a secret.
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(730),
          includeSubdomains: true,
          override: true,
        },
      },
      customHeadersBehavior: {
        customHeaders: [
          {
            header: 'permissions-policy',
            value: 'camera=(self), geolocation=(self), microphone=(), payment=(), usb=()',
            override: true,
          },
        ],
      },
    });
  }
}
