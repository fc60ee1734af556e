import {
  GetCachePolicyCommand,
  GetOriginAccessControlCommand,
  GetResponseHeadersPolicyCommand,
  type CachePolicyConfig,
  type CloudFrontClient,
  type OriginAccessControlConfig,
  type ResponseHeadersPolicyConfig,
} from '@aws-sdk/client-cloudfront';
import { required } from '../fields.ts';
import { ask } from './asking.ts';

/** Reads each once: many distributions have the same. */
export interface PolicyReaders {
  cache(id: string): Promise<CachePolicyConfig>;
  headers(id: string): Promise<ResponseHeadersPolicyConfig>;
  control(id: string): Promise<OriginAccessControlConfig>;
}

export function createPolicyReaders(client: CloudFrontClient): PolicyReaders {
  return {
    cache: once(async (Id) => {
      const doing = { action: 'cloudfront:GetCachePolicy', resource: `cache policy ${Id}` };
      const answer = await ask(doing, () => client.send(new GetCachePolicyCommand({ Id })));
      return required(answer.CachePolicy?.CachePolicyConfig, 'a cache policy');
    }),
    headers: once(async (Id) => {
      const resource = `response headers policy ${Id}`;
      const doing = { action: 'cloudfront:GetResponseHeadersPolicy', resource };
      const answer = await ask(doing, () =>
        client.send(new GetResponseHeadersPolicyCommand({ Id })),
      );
      const { ResponseHeadersPolicyConfig: config } = answer.ResponseHeadersPolicy ?? {};
      return required(config, 'a response headers policy');
    }),
    control: once(async (Id) => {
      const resource = `origin access control ${Id}`;
      const doing = { action: 'cloudfront:GetOriginAccessControl', resource };
      const answer = await ask(doing, () => client.send(new GetOriginAccessControlCommand({ Id })));
      const { OriginAccessControlConfig: config } = answer.OriginAccessControl ?? {};
      return required(config, 'an origin access control');
    }),
  };
}

function once<Policy>(read: (id: string) => Promise<Policy>): (id: string) => Promise<Policy> {
  const known = new Map<string, Promise<Policy>>();
  return (id) => {
    const present = known.get(id) ?? read(id);
    known.set(id, present);
    return present;
  };
}
