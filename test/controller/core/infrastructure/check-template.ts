/** What no schema says of a template, and CloudFormation or a security review would. */
import { ACTIONS_WITHOUT_RESOURCE } from '../iam/actions-without-resource.ts';
import type { Statement } from '../../../../controller/core/iam/document.ts';
import type { Resource, Template } from '../../../../controller/core/infrastructure/template.ts';
import { attributesOf, takesTags } from './check-schema.ts';

/** Every reference resolves, nothing goes round in a circle, nothing is open to the world. */
export function checkTemplate(template: Template): readonly string[] {
  return [
    ...checkReferences(template),
    ...checkCircles(template),
    ...checkIds(template),
    ...Object.entries(template.Resources).flatMap(([id, resource]) => checkResource(id, resource)),
  ];
}

interface Reference {
  readonly from: string;
  readonly to: string;
  readonly attribute: string | undefined;
}

function checkReferences(template: Template): readonly string[] {
  const { Resources, Parameters = {}, Outputs = {} } = template;
  const all = [
    ...listAll(Resources),
    ...Object.entries(Outputs).flatMap(([id, { Value }]) => find(`output ${id}`, Value)),
  ];
  return all.flatMap(({ from, to, attribute }) => {
    if (to.startsWith('AWS::')) {
      return ['AWS::AccountId', 'AWS::Region'].includes(to)
        ? []
        : [`${from}: no pseudo parameter ${to}`];
    }
    const target = Resources[to];
    if (target === undefined) {
      return Object.hasOwn(Parameters, to) && attribute === undefined
        ? []
        : [`${from}: there is no ${to}`];
    }
    if (attribute === undefined || attributesOf(target.Type).includes(attribute)) return [];
    return [`${from}: ${target.Type} has no attribute ${attribute}`];
  });
}

function listAll(resources: Template['Resources']): readonly Reference[] {
  return Object.entries(resources).flatMap(([id, { Properties, DependsOn = [] }]) => [
    ...find(id, Properties),
    ...[DependsOn].flat().map((to) => ({ from: id, to, attribute: undefined })),
  ]);
}

function find(from: string, value: unknown): readonly Reference[] {
  if (Array.isArray(value)) return value.flatMap((item) => find(from, item));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): readonly Reference[] => {
    if (key === 'Ref') return [{ from, to: String(inner), attribute: undefined }];
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) {
      return [{ from, to: String(inner[0]), attribute: String(inner[1]) }];
    }
    if (key === 'Fn::Sub') {
      return [...String(inner).matchAll(/\$\{([^}.]+)(?:\.([^}]+))?\}/g)].map(
        ([, to = '', attribute]) => ({
          from,
          to,
          attribute,
        }),
      );
    }
    return find(from, inner);
  });
}

function checkCircles({ Resources }: Template): readonly string[] {
  const next = new Map<string, readonly string[]>(
    Object.entries(Resources).map(([id, resource]) => [
      id,
      listAll({ [id]: resource }).map(({ to }) => to),
    ]),
  );
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): readonly string[] => {
    if (path.includes(id)) return [`a circle: ${[...path, id].join(' -> ')}`];
    if (done.has(id)) return [];
    const found = (next.get(id) ?? []).flatMap((to) => visit(to, [...path, id]));
    done.add(id);
    return found;
  };
  return [...next.keys()].flatMap((id) => visit(id, []));
}

/** CloudFormation's limits (documented). */
function checkIds({ Resources, Outputs = {}, Parameters = {} }: Template): readonly string[] {
  const names = [...Object.keys(Resources), ...Object.keys(Outputs), ...Object.keys(Parameters)];
  return [
    ...names
      .filter((name) => !/^[A-Za-z0-9]{1,255}$/.test(name))
      .map((name) => `${name} is no logical id`),
    ...(Object.keys(Resources).length > 500 ? ['more than 500 resources'] : []),
    ...(Object.keys(Outputs).length > 200 ? ['more than 200 outputs'] : []),
  ];
}

function checkResource(id: string, { Type, Properties }: Resource): readonly string[] {
  const lacksTags = takesTags(Type) && Properties['Tags'] === undefined;
  return [
    ...(lacksTags ? [`${id} has no tags`] : []),
    ...(Type === 'AWS::S3::Bucket' ? checkBucket(id, Properties) : []),
    ...checkPolicySize(id, Properties),
    ...listStatements(Properties).flatMap((statement) => checkStatement(id, statement)),
  ];
}

/** S3 takes a policy with a statement, of 20 KB at most (documented). */
function checkPolicySize(
  id: string,
  { PolicyDocument: document }: Resource['Properties'],
): readonly string[] {
  if (document === undefined) return [];
  const bytes = JSON.stringify(document).replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1').length;
  return [
    ...(listStatements(document).length === 0 ? [`${id} says nothing`] : []),
    ...(bytes > 20_480 ? [`${id} has ${bytes} bytes`] : []),
  ];
}

function checkBucket(id: string, properties: Resource['Properties']): readonly string[] {
  const block: unknown = properties['PublicAccessBlockConfiguration'];
  const flags = [
    'BlockPublicAcls',
    'BlockPublicPolicy',
    'IgnorePublicAcls',
    'RestrictPublicBuckets',
  ];
  const isBlocked = flags.every(
    (flag) => typeof block === 'object' && block !== null && Reflect.get(block, flag) === true,
  );
  const expires = /"Expiration/.test(JSON.stringify(properties['LifecycleConfiguration']));
  return [
    ...(isBlocked ? [] : [`${id} could be public`]),
    ...(expires ? [`${id} expires objects`] : []),
  ];
}

function listStatements(value: unknown): readonly Statement[] {
  if (Array.isArray(value)) return value.flatMap(listStatements);
  if (typeof value !== 'object' || value === null) return [];
  if ('Effect' in value && 'Action' in value) return [value as Statement];
  return Object.values(value).flatMap(listStatements);
}

function checkStatement(id: string, statement: Statement): readonly string[] {
  if (statement.Effect === 'Deny') return [];
  const actions = [statement.Action].flat();
  const resources = [statement.Resource ?? []].flat();
  const isWide =
    resources.includes('*') && !actions.every((one) => ACTIONS_WITHOUT_RESOURCE.has(one));
  const isPublic = JSON.stringify(statement.Principal ?? {}).includes('"*"');
  return [
    ...(actions.some((action) => /^\*$|:\*$/.test(action)) ? [`${id} allows every action`] : []),
    ...(isWide ? [`${id} allows ${actions.join(', ')} on every resource`] : []),
    ...(isPublic ? [`${id} allows it to everybody`] : []),
  ];
}
