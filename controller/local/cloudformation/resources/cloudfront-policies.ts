import {
  CreateCachePolicyCommand,
  CreateOriginAccessControlCommand,
  CreateResponseHeadersPolicyCommand,
  DeleteCachePolicyCommand,
  DeleteOriginAccessControlCommand,
  DeleteResponseHeadersPolicyCommand,
  GetCachePolicyCommand,
  GetOriginAccessControlCommand,
  GetResponseHeadersPolicyCommand,
  UpdateCachePolicyCommand,
  UpdateOriginAccessControlCommand,
  UpdateResponseHeadersPolicyCommand,
} from '@aws-sdk/client-cloudfront';
import * as z from 'zod';
import {
  accessControlShape,
  cachePolicyShape,
  headersPolicyShape,
  toCachePolicyConfig,
  toHeadersPolicyConfig,
} from './cloudfront-policy-configs.ts';
import { defineResource, unlessMissing } from './resource-type.ts';

const CACHE_POLICY = defineResource({
  type: 'AWS::CloudFront::CachePolicy',
  shape: z.strictObject({ CachePolicyConfig: cachePolicyShape }),
  attributes: ['Id'],
  async create(properties, { clients }) {
    const CachePolicyConfig = toCachePolicyConfig(properties.CachePolicyConfig);
    const made = await clients.cloudFront.send(new CreateCachePolicyCommand({ CachePolicyConfig }));
    return String(made.CachePolicy?.Id);
  },
  async update(Id, { properties }, { clients: { cloudFront } }) {
    const { ETag: IfMatch } = await cloudFront.send(new GetCachePolicyCommand({ Id }));
    const CachePolicyConfig = toCachePolicyConfig(properties.CachePolicyConfig);
    await cloudFront.send(new UpdateCachePolicyCommand({ Id, IfMatch, CachePolicyConfig }));
  },
  async read(Id, _, { clients }) {
    const found = await unlessMissing(clients.cloudFront.send(new GetCachePolicyCommand({ Id })));
    return found && { Id };
  },
  async remove(Id, _, { clients: { cloudFront } }) {
    const found = await unlessMissing(cloudFront.send(new GetCachePolicyCommand({ Id })));
    if (found === undefined) return;
    await cloudFront.send(new DeleteCachePolicyCommand({ Id, IfMatch: found.ETag }));
  },
});

const HEADERS_POLICY = defineResource({
  type: 'AWS::CloudFront::ResponseHeadersPolicy',
  shape: z.strictObject({ ResponseHeadersPolicyConfig: headersPolicyShape }),
  attributes: ['Id'],
  async create(properties, { clients }) {
    const config = toHeadersPolicyConfig(properties.ResponseHeadersPolicyConfig);
    const command = new CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig: config });
    return String((await clients.cloudFront.send(command)).ResponseHeadersPolicy?.Id);
  },
  async update(Id, { properties }, { clients: { cloudFront } }) {
    const { ETag: IfMatch } = await cloudFront.send(new GetResponseHeadersPolicyCommand({ Id }));
    const config = toHeadersPolicyConfig(properties.ResponseHeadersPolicyConfig);
    const policy = { Id, IfMatch, ResponseHeadersPolicyConfig: config };
    await cloudFront.send(new UpdateResponseHeadersPolicyCommand(policy));
  },
  async read(Id, _, { clients }) {
    const command = new GetResponseHeadersPolicyCommand({ Id });
    const found = await unlessMissing(clients.cloudFront.send(command));
    return found && { Id };
  },
  async remove(Id, _, { clients: { cloudFront } }) {
    const found = await unlessMissing(cloudFront.send(new GetResponseHeadersPolicyCommand({ Id })));
    if (found === undefined) return;
    await cloudFront.send(new DeleteResponseHeadersPolicyCommand({ Id, IfMatch: found.ETag }));
  },
});

const ACCESS_CONTROL = defineResource({
  type: 'AWS::CloudFront::OriginAccessControl',
  shape: z.strictObject({ OriginAccessControlConfig: accessControlShape }),
  attributes: ['Id'],
  async create({ OriginAccessControlConfig }, { clients }) {
    const command = new CreateOriginAccessControlCommand({ OriginAccessControlConfig });
    return String((await clients.cloudFront.send(command)).OriginAccessControl?.Id);
  },
  async update(Id, { properties: { OriginAccessControlConfig } }, { clients: { cloudFront } }) {
    const { ETag: IfMatch } = await cloudFront.send(new GetOriginAccessControlCommand({ Id }));
    const control = { Id, IfMatch, OriginAccessControlConfig };
    await cloudFront.send(new UpdateOriginAccessControlCommand(control));
  },
  async read(Id, _, { clients }) {
    const command = new GetOriginAccessControlCommand({ Id });
    const found = await unlessMissing(clients.cloudFront.send(command));
    return found && { Id };
  },
  async remove(Id, _, { clients: { cloudFront } }) {
    const found = await unlessMissing(cloudFront.send(new GetOriginAccessControlCommand({ Id })));
    if (found === undefined) return;
    await cloudFront.send(new DeleteOriginAccessControlCommand({ Id, IfMatch: found.ETag }));
  },
});

export const CLOUDFRONT_POLICY_TYPES = [CACHE_POLICY, HEADERS_POLICY, ACCESS_CONTROL];
