import { ServiceError } from '../service.ts';
import { invalidArgument } from './call.ts';
import { configOf, type DistributionRecords } from './distribution-records.ts';
import type { Functions } from './functions.ts';
import type { LambdaFunctions } from '../lambda/function-store.ts';
import { refuseUnknownSettings } from './imitated.ts';
import { checkLambdas, lambdaAssociationsOf } from './lambda-rules.ts';
import { checkOriginGroups, originGroupsOf } from './origin-groups.ts';
import type { Policies } from './policies.ts';
import { childOf, itemsOf, textOf, textsOf, type XmlElement } from './xml.ts';

/** What a configuration may refer to. */
export interface References {
  readonly distributions: DistributionRecords;
  readonly functions: Functions;
  readonly lambda: LambdaFunctions;
  readonly cachePolicies: Policies;
  readonly responseHeadersPolicies: Policies;
  readonly originAccessControls: Policies;
}

/** All cache behaviours, the default one last; only that one has no PathPattern. */
export function behavioursOf(config: XmlElement): readonly XmlElement[] {
  const ordered = itemsOf(childOf(config, 'CacheBehaviors'), 'CacheBehavior');
  return [...ordered, childOf(config, 'DefaultCacheBehavior')];
}

/** Alternate domain names, lower case. */
export function aliasesOf(config: XmlElement): readonly string[] {
  return textsOf(childOf(config, 'Aliases'), 'CNAME').map((alias) => alias.toLowerCase());
}

/** Refuses a configuration that CloudFront refuses; `id` is the distribution it is for, empty for a new one. */
export function checkConfig(config: XmlElement, references: References, id: string): void {
  refuseUnknownSettings(config, behavioursOf(config));
  const origins = itemsOf(childOf(config, 'Origins'), 'Origin');
  if (origins.length === 0) throw invalidArgument('The distribution has no origin.');
  for (const origin of origins) {
    const control = textOf(origin, 'OriginAccessControlId') ?? '';
    require(control, references.originAccessControls, 'NoSuchOriginAccessControl');
  }
  checkOriginGroups(config, behavioursOf(config));
  const groups = originGroupsOf(config).map((group) => group.id);
  const targets = new Set([...origins.map((origin) => textOf(origin, 'Id')), ...groups]);
  const patterns = behavioursOf(config).map((behaviour) => textOf(behaviour, 'PathPattern'));
  if (new Set(patterns).size < patterns.length) {
    throw invalidArgument('Two cache behaviours have the same path pattern.');
  }
  for (const behaviour of behavioursOf(config)) {
    if (!targets.has(textOf(behaviour, 'TargetOriginId'))) {
      throw missing('NoSuchOrigin', textOf(behaviour, 'TargetOriginId') ?? '');
    }
    checkPolicies(behaviour, references);
    checkFunctions(behaviour, references.functions);
    checkLambdas(behaviour, references.lambda);
  }
  checkAliases(config, references.distributions, id);
}

/** Managed-AllViewerExceptHostHeader: the one origin request policy that the edge knows. */
export const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

function checkPolicies(behaviour: XmlElement, references: References): void {
  const cachePolicy = textOf(behaviour, 'CachePolicyId') ?? '';
  if (cachePolicy === '') {
    throw invalidArgument('The local cloud needs a CachePolicyId; it has no ForwardedValues.');
  }
  require(cachePolicy, references.cachePolicies, 'NoSuchCachePolicy');
  const headersPolicy = textOf(behaviour, 'ResponseHeadersPolicyId') ?? '';
  require(headersPolicy, references.responseHeadersPolicies, 'NoSuchResponseHeadersPolicy');
  const originRequestPolicy = textOf(behaviour, 'OriginRequestPolicyId') ?? '';
  if (!['', ALL_VIEWER_EXCEPT_HOST].includes(originRequestPolicy)) {
    throw missing('NoSuchOriginRequestPolicy', originRequestPolicy);
  }
}

function checkFunctions(behaviour: XmlElement, functions: Functions): void {
  const associations = associationsOf(behaviour);
  for (const { event, arn } of associations) {
    if (event !== 'viewer-request' && event !== 'viewer-response') {
      throw invalidAssociation(`functions can't run on ${event}`);
    }
    const record = functions.findByArn(arn);
    if (record === undefined || record.live.length === 0) {
      throw invalidAssociation(`${arn} is not published`);
    }
  }
  if (new Set(associations.map(({ event }) => event)).size < associations.length) {
    throw invalidAssociation('one event type has two functions');
  }
  const isViewerLambda = lambdaAssociationsOf(behaviour).some(({ event }) =>
    event.startsWith('viewer-'),
  );
  if (isViewerLambda && associations.length > 0) {
    throw invalidAssociation('CloudFront Functions and Lambda@Edge are mixed on viewer events');
  }
}

/** The CloudFront Functions of a behaviour. */
export function associationsOf(behaviour: XmlElement) {
  return itemsOf(childOf(behaviour, 'FunctionAssociations'), 'FunctionAssociation').map((item) => ({
    event: textOf(item, 'EventType') ?? '',
    arn: textOf(item, 'FunctionARN') ?? '',
  }));
}

function checkAliases(config: XmlElement, distributions: DistributionRecords, id: string): void {
  const aliases = aliasesOf(config);
  for (const other of distributions.values().filter((record) => record.id !== id)) {
    const taken = aliasesOf(configOf(other)).find((alias) => aliases.includes(alias));
    if (taken === undefined) continue;
    const message = `${taken} is already associated with another distribution.`;
    throw new ServiceError(409, 'CNAMEAlreadyExists', message);
  }
}

function require(id: string, policies: Policies, code: string): void {
  if (id !== '' && policies.get(id) === undefined) throw missing(code, id);
}

function missing(code: string, id: string): ServiceError {
  return new ServiceError(404, code, `The specified resource does not exist: ${id}`);
}

function invalidAssociation(why: string): ServiceError {
  const message = `The FunctionAssociations are not valid: ${why}.`;
  return new ServiceError(400, 'InvalidFunctionAssociation', message);
}
