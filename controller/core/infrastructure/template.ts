/** CloudFormation's template format, the part that Headgate renders. */

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  /** `Retain...`: holds data that outlives the stack; `...ExceptOnCreate`: but not a creation that fails. */
  readonly DeletionPolicy?: 'Delete' | 'Retain' | 'RetainExceptOnCreate';
  readonly UpdateReplacePolicy?: 'Delete' | 'Retain';
}

export interface Output {
  readonly Description: string;
  readonly Value: unknown;
}

export interface Parameter {
  readonly Type: string;
  readonly Description: string;
  readonly Default?: string;
}

export interface Template {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
  readonly Parameters?: Readonly<Record<string, Parameter>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, Output>>;
}

/** One stack: a region, a name and what is in it. */
export interface Stack {
  readonly name: string;
  readonly region: string;
  readonly template: Template;
}

export function ref(logicalId: string): { readonly Ref: string } {
  return { Ref: logicalId };
}

/** `getAtt('Bucket', 'Arn')`. */
export function getAtt(
  logicalId: string,
  attribute: string,
): { readonly 'Fn::GetAtt': readonly [string, string] } {
  return { 'Fn::GetAtt': [logicalId, attribute] };
}

/** `${Bucket}`, `${Distribution.DomainName}` and `${AWS::AccountId}` in a text. */
export function sub(text: string): { readonly 'Fn::Sub': string } {
  return { 'Fn::Sub': text };
}
