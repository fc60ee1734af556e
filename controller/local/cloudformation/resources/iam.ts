import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateRoleCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import * as z from 'zod';
import { defineResource, unlessMissing } from './resource-type.ts';
import { Tags } from './tags.ts';

const Document = z.record(z.string(), z.unknown());

const ROLE = defineResource({
  type: 'AWS::IAM::Role',
  shape: z.strictObject({
    RoleName: z.string().optional(),
    Path: z.string().optional(),
    Description: z.string().optional(),
    MaxSessionDuration: z.int().optional(),
    AssumeRolePolicyDocument: Document,
    Policies: z
      .array(z.strictObject({ PolicyName: z.string(), PolicyDocument: Document }))
      .optional(),
    Tags,
  }),
  attributes: ['Arn', 'RoleId'],
  createOnly: ['RoleName', 'Path'],
  nameProperty: 'RoleName',
  async create(properties, { clients, generatedName }) {
    const { Path, Description, MaxSessionDuration } = properties;
    const RoleName = properties.RoleName ?? generatedName.slice(-64);
    const AssumeRolePolicyDocument = JSON.stringify(properties.AssumeRolePolicyDocument);
    const role = { RoleName, Path, Description, MaxSessionDuration, AssumeRolePolicyDocument };
    await clients.iam.send(new CreateRoleCommand(role));
    return RoleName;
  },
  async update(RoleName, { properties }, { clients }) {
    const { Description = '', MaxSessionDuration = 3600 } = properties;
    const PolicyDocument = JSON.stringify(properties.AssumeRolePolicyDocument);
    await clients.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    await clients.iam.send(new UpdateRoleCommand({ RoleName, Description, MaxSessionDuration }));
  },
  async settle(RoleName, { Policies = [] }, { clients: { iam } }) {
    for (const { PolicyName, PolicyDocument: written } of Policies) {
      const PolicyDocument = JSON.stringify(written);
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    }
    const wanted = Policies.map(({ PolicyName }) => PolicyName);
    const left = (await listPolicies(iam, RoleName)).filter((name) => !wanted.includes(name));
    await deletePolicies(iam, RoleName, left);
    return true;
  },
  async read(RoleName, _, { clients }) {
    const found = await unlessMissing(clients.iam.send(new GetRoleCommand({ RoleName })));
    return found && { Arn: String(found.Role?.Arn), RoleId: String(found.Role?.RoleId) };
  },
  async remove(RoleName, _, { clients: { iam } }) {
    const left = await unlessMissing(listPolicies(iam, RoleName));
    if (left === undefined) return;
    await deletePolicies(iam, RoleName, left);
    await iam.send(new DeleteRoleCommand({ RoleName }));
  },
});

async function listPolicies(iam: IAMClient, RoleName: string): Promise<readonly string[]> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  return PolicyNames;
}

async function deletePolicies(iam: IAMClient, RoleName: string, names: readonly string[]) {
  for (const PolicyName of names) {
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  }
}

const OIDC_PROVIDER = defineResource({
  type: 'AWS::IAM::OIDCProvider',
  shape: z.strictObject({
    Url: z.string(),
    ClientIdList: z.array(z.string()).optional(),
    ThumbprintList: z.array(z.string()).optional(),
    Tags,
  }),
  attributes: ['Arn'],
  createOnly: ['Url'],
  async create({ Url, ClientIdList: ClientIDList, ThumbprintList }, { clients }) {
    const provider = { Url, ClientIDList, ThumbprintList };
    const made = await clients.iam.send(new CreateOpenIDConnectProviderCommand(provider));
    return String(made.OpenIDConnectProviderArn);
  },
  async update(arn, { properties, former }, { clients: { iam } }) {
    const provider = { OpenIDConnectProviderArn: arn };
    const { ClientIdList: wanted = [], ThumbprintList = [] } = properties;
    const { ClientIdList: before = [] } = former;
    for (const ClientID of wanted.filter((id) => !before.includes(id))) {
      await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...provider, ClientID }));
    }
    for (const ClientID of before.filter((id) => !wanted.includes(id))) {
      await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ ...provider, ClientID }));
    }
    if (ThumbprintList.length === 0) return;
    await iam.send(
      new UpdateOpenIDConnectProviderThumbprintCommand({ ...provider, ThumbprintList }),
    );
  },
  async read(OpenIDConnectProviderArn, _, { clients }) {
    const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
    const found = await unlessMissing(clients.iam.send(command));
    return found && { Arn: OpenIDConnectProviderArn };
  },
  async remove(OpenIDConnectProviderArn, _, { clients }) {
    const command = new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
    await unlessMissing(clients.iam.send(command));
  },
});

export const IAM_TYPES = [ROLE, OIDC_PROVIDER];
