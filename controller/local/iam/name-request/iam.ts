import { composeArn, permission } from './permission.ts';
import { hasMember, nameByForm, needing, type Form, type FormNeeds } from './forms.ts';

/** Of a role that isn't there: with the path that it gets, or with none. */
function roleArn(form: Form, path = '/'): string {
  return composeArn('iam', '', `role${path}${form.get('RoleName') ?? ''}`);
}

const onRole = needing(
  (form, { lookup }) => lookup.roleArn(form.get('RoleName') ?? '') ?? roleArn(form),
);

const onProvider = needing((form) => form.get('OpenIDConnectProviderArn') ?? '');

const ROLE_OPERATIONS = [
  'GetRole',
  'UpdateRole',
  'UpdateAssumeRolePolicy',
  'DeleteRole',
  'TagRole',
  'UntagRole',
  'ListRoleTags',
  'PutRolePolicy',
  'GetRolePolicy',
  'DeleteRolePolicy',
  'ListRolePolicies',
  'ListAttachedRolePolicies',
];

const PROVIDER_OPERATIONS = [
  'GetOpenIDConnectProvider',
  'DeleteOpenIDConnectProvider',
  'AddClientIDToOpenIDConnectProvider',
  'RemoveClientIDFromOpenIDConnectProvider',
  'UpdateOpenIDConnectProviderThumbprint',
  'TagOpenIDConnectProvider',
  'UntagOpenIDConnectProvider',
];

/** What requests to IAM need. */
export const nameIam = nameByForm({
  ...named(ROLE_OPERATIONS, onRole),
  ...named(PROVIDER_OPERATIONS, onProvider),
  CreateRole: (form) => withTags(form, 'CreateRole', roleArn(form, form.get('Path'))),
  ListRoles: () => [permission('iam:ListRoles', composeArn('iam', '', 'role/'))],
  CreateOpenIDConnectProvider: (form) => {
    const url = (form.get('Url') ?? '').replace(/^https:\/\//, '');
    return withTags(
      form,
      'CreateOpenIDConnectProvider',
      composeArn('iam', '', `oidc-provider/${url}`),
    );
  },
  ListOpenIDConnectProviders: () => [
    permission('iam:ListOpenIDConnectProviders', composeArn('iam', '', 'oidc-provider/*')),
  ],
  SimulatePrincipalPolicy: (form) => [
    permission('iam:SimulatePrincipalPolicy', form.get('PolicySourceArn') ?? ''),
  ],
});

function named(operations: readonly string[], need: ReturnType<typeof needing>): FormNeeds {
  return Object.fromEntries(operations.map((operation) => [operation, need(`iam:${operation}`)]));
}

function withTags(form: Form, operation: string, arn: string) {
  const tag = operation.replace('Create', 'iam:Tag');
  const create = permission(`iam:${operation}`, arn);
  return hasMember(form, 'Tags') ? [create, permission(tag, arn)] : [create];
}
