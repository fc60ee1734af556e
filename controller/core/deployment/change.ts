/** What CloudFormation would do to one resource. */
export interface StackChange {
  readonly action: 'add' | 'modify' | 'remove' | 'import' | 'dynamic';
  readonly logicalId: string;
  readonly type: string;
  /** It would be made anew, under another id. */
  readonly replaces: boolean;
}

/**
 * What a new one can't stand in for: its address, its objects, its routes or its sessions would be gone. An account has
 * one identity provider of GitHub, and roles that are none of ours may trust it.
 */
const IRREPLACEABLE = new Set([
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::KeyValueStore',
  'AWS::DynamoDB::GlobalTable',
  'AWS::IAM::OIDCProvider',
  'AWS::S3::Bucket',
]);

/** Those that only somebody who means it should make. */
export function findLosses(changes: readonly StackChange[]): readonly StackChange[] {
  return changes.filter(
    ({ type, action, replaces }) =>
      IRREPLACEABLE.has(type) && (action === 'remove' || (action === 'modify' && replaces)),
  );
}

const SIGNS = { add: '+', modify: '~', remove: '-', import: '<', dynamic: '?' } as const;

/** `~ AWS::CloudFront::Distribution DistributionShopProd (made anew)` */
export function renderChange({ action, type, logicalId, replaces }: StackChange): string {
  const note =
    action === 'modify' && replaces ? ' (made anew)' : action === 'import' ? ' (taken back)' : '';
  return `${SIGNS[action]} ${type} ${logicalId}${note}`;
}
