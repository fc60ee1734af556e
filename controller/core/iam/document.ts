/** IAM's policy language, the part that Headgate writes and reads. */

/** What stands where text stands: in a template it may be a reference to a resource of the stack. */
export type Text = string | Readonly<Record<string, unknown>>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  /** In policies of resources and in trust; absent in those of identities. */
  readonly Principal?: '*' | Readonly<Record<string, Text | readonly Text[]>>;
  readonly Action: string | readonly string[];
  /** Absent in trust. */
  readonly Resource?: Text | readonly Text[];
  /** Operator -> key -> values: `{ StringEquals: { 'aws:SourceArn': [...] } }`. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Text | readonly Text[]>>>>;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}
