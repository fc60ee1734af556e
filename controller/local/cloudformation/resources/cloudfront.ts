import {
  CreateDistributionCommand,
  CreateKeyValueStoreCommand,
  DeleteDistributionCommand,
  DeleteKeyValueStoreCommand,
  DescribeKeyValueStoreCommand,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
  UpdateKeyValueStoreCommand,
} from '@aws-sdk/client-cloudfront';
import * as z from 'zod';
import { CLOUDFRONT_POLICY_TYPES } from './cloudfront-policies.ts';
import { distributionShape, toDistributionConfig } from './distribution-config.ts';
import { defineResource, unlessMissing } from './resource-type.ts';
import { Tags } from './tags.ts';

const DISTRIBUTION = defineResource({
  type: 'AWS::CloudFront::Distribution',
  shape: z.strictObject({ DistributionConfig: distributionShape, Tags }),
  attributes: ['Id', 'DomainName'],
  async create({ DistributionConfig: written }, { clients, token }) {
    const DistributionConfig = toDistributionConfig(written, token);
    const made = await clients.cloudFront.send(
      new CreateDistributionCommand({ DistributionConfig }),
    );
    return String(made.Distribution?.Id);
  },
  async update(Id, { properties }, { clients: { cloudFront } }) {
    const { ETag, DistributionConfig: present } = await cloudFront.send(
      new GetDistributionConfigCommand({ Id }),
    );
    const reference = String(present?.CallerReference);
    const DistributionConfig = toDistributionConfig(properties.DistributionConfig, reference);
    await cloudFront.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }));
  },
  async settle(Id, _, { clients }) {
    const found = await clients.cloudFront.send(new GetDistributionCommand({ Id }));
    return found.Distribution?.Status === 'Deployed';
  },
  async read(Id, _, { clients }) {
    const found = await unlessMissing(clients.cloudFront.send(new GetDistributionCommand({ Id })));
    return found && { Id, DomainName: String(found.Distribution?.DomainName) };
  },
  /** Switched off, then waited for: nothing that still serves can be deleted. */
  async remove(Id, _, { clients: { cloudFront } }) {
    const found = await unlessMissing(cloudFront.send(new GetDistributionCommand({ Id })));
    if (found === undefined) return true;
    const { ETag: IfMatch, Distribution: { DistributionConfig: config, Status } = {} } = found;
    if (config?.Enabled === true) {
      const DistributionConfig = { ...config, Enabled: false };
      await cloudFront.send(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig }));
      return false;
    }
    if (Status !== 'Deployed') return false;
    await cloudFront.send(new DeleteDistributionCommand({ Id, IfMatch }));
    return true;
  },
});

const KEY_VALUE_STORE = defineResource({
  type: 'AWS::CloudFront::KeyValueStore',
  shape: z.strictObject({ Name: z.string(), Comment: z.string().optional(), Tags }),
  attributes: ['Arn', 'Id', 'Status'],
  createOnly: ['Name'],
  nameProperty: 'Name',
  async create({ Name, Comment }, { clients }) {
    await clients.cloudFront.send(new CreateKeyValueStoreCommand({ Name, Comment }));
    return Name;
  },
  async update(Name, { properties: { Comment = '' } }, { clients: { cloudFront } }) {
    const { ETag } = await cloudFront.send(new DescribeKeyValueStoreCommand({ Name }));
    await cloudFront.send(new UpdateKeyValueStoreCommand({ Name, Comment, IfMatch: ETag }));
  },
  async settle(Name, _, { clients }) {
    const found = await clients.cloudFront.send(new DescribeKeyValueStoreCommand({ Name }));
    return found.KeyValueStore?.Status === 'READY';
  },
  async read(Name, _, { clients }) {
    const command = new DescribeKeyValueStoreCommand({ Name });
    const found = (await unlessMissing(clients.cloudFront.send(command)))?.KeyValueStore;
    return found && { Arn: String(found.ARN), Id: String(found.Id), Status: String(found.Status) };
  },
  async remove(Name, _, { clients: { cloudFront } }) {
    const command = new DescribeKeyValueStoreCommand({ Name });
    const found = await unlessMissing(cloudFront.send(command));
    if (found === undefined) return;
    await cloudFront.send(new DeleteKeyValueStoreCommand({ Name, IfMatch: found.ETag }));
  },
});

export const CLOUDFRONT_TYPES = [DISTRIBUTION, KEY_VALUE_STORE, ...CLOUDFRONT_POLICY_TYPES];
