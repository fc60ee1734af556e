/** ARNs of what roles are about, exact where they can be. */
import { requestFunctionName, responseFunctionName } from '../../plan/behaviours.ts';
import { lambdaName } from '../../plan/function-names.ts';
import type {
  AppPolicy,
  EdgeGroup,
  FunctionsGroup,
  LambdaGroup,
  Policies,
} from '../../policy/policy.ts';
import { keys } from '../../state/keys.ts';
import { HOME_REGION } from '../../infrastructure/names.ts';
import { sub } from '../../infrastructure/template.ts';
import type { Text } from '../document.ts';
import type { RoleFacts } from './facts.ts';

export const ACCOUNT = '${AWS::AccountId}';

/** In a template the account and the stack's own ids are references. */
export function arn(text: string): Text {
  return text.includes('${') ? sub(text) : text;
}

export function listArns(texts: readonly string[]): readonly Text[] {
  return [...new Set(texts)].map(arn);
}

export function objects({ bucket }: { readonly bucket: string }, ...keysOrPrefixes: string[]) {
  return keysOrPrefixes.map((key) => `arn:aws:s3:::${bucket}/${key}`);
}

export function bucketsOf(places: readonly { readonly bucket: string }[]): readonly string[] {
  return places.map(({ bucket }) => `arn:aws:s3:::${bucket}`);
}

/** Builds of protected refs. */
export function buildsOf(app: AppPolicy): readonly string[] {
  return objects(app, `${keys.builds(app)}*`);
}

export function isFunctions(group: EdgeGroup): group is FunctionsGroup {
  return group.runtime === 'cloudfront-functions';
}

export function isLambda(group: EdgeGroup): group is LambdaGroup {
  return group.runtime === 'lambda-edge';
}

export function functionsOf(groups: readonly EdgeGroup[]): readonly string[] {
  return groups
    .filter(isFunctions)
    .flatMap(({ name }) => [requestFunctionName(name), responseFunctionName(name)])
    .map((name) => `arn:aws:cloudfront::${ACCOUNT}:function/${name}`);
}

export function lambdasOf(groups: readonly EdgeGroup[]): readonly string[] {
  return groups
    .filter(isLambda)
    .map(({ name }) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${lambdaName(name)}`);
}

/** Of a store that somebody else made nobody knows the id, which its ARN is made of. */
export function storesOf({ ids }: RoleFacts, groups: readonly EdgeGroup[]): readonly string[] {
  return groups.filter(isFunctions).map(({ name }) => {
    const id = ids.keyValueStore(name);
    return id === undefined ? `arn:aws:cloudfront::${ACCOUNT}:key-value-store/*` : `\${${id}.Arn}`;
  });
}

export function distributionsOf({ ids }: RoleFacts, apps: readonly AppPolicy[]): readonly string[] {
  return apps.flatMap(({ app, environments }) =>
    environments.flatMap(({ name, edge }) => {
      const id = ids.distribution(app, name);
      const last = id === undefined ? edge.distribution : `\${${id}}`;
      // Neither made yet nor to be made: nothing to name.
      return last === '' ? [] : `arn:aws:cloudfront::${ACCOUNT}:distribution/${last}`;
    }),
  );
}

/** `name` as SSM has it, with or without its first slash: `/headgate/shop/*\/route`. */
export function parameter(region: string, name: string): string {
  return `arn:aws:ssm:${region}:${ACCOUNT}:parameter/${name.replace(/^\//, '')}`;
}

/** Where alarms are that the fast lane hears of, beside its own region. */
export function awayRegionsOf({ apps }: Policies): readonly string[] {
  const alarms = apps.flatMap(({ environments }) =>
    environments.flatMap(({ guard }) => guard.alarms),
  );
  const regions = new Set(alarms.map(({ region }) => region));
  return [...regions].filter((region) => region !== HOME_REGION).toSorted();
}
