import { ACCOUNT_ID } from '../../service.ts';
import type { StackRecord } from '../records.ts';

const PSEUDO: Readonly<
  Record<string, (stack: Pick<StackRecord, 'id' | 'name' | 'region'>) => string | undefined>
> = {
  'AWS::AccountId': () => ACCOUNT_ID,
  'AWS::Region': ({ region }) => region,
  'AWS::Partition': () => 'aws',
  'AWS::URLSuffix': () => 'amazonaws.com',
  'AWS::StackId': ({ id }) => id,
  'AWS::StackName': ({ name }) => name,
  'AWS::NoValue': () => undefined,
};

/** Whether a name is one of those that every template knows. */
export function isPseudo(name: string): boolean {
  return Object.hasOwn(PSEUDO, name);
}

export function valueOfPseudo(
  name: string,
  stack: Pick<StackRecord, 'id' | 'name' | 'region'>,
): string | undefined {
  return PSEUDO[name]?.(stack);
}
