import type { OutputRecord } from '../records.ts';
import { resolve, type Scope } from './functions.ts';
import type { Template } from './template.ts';

export function resolveOutputs({ Outputs }: Template, scope: Scope): readonly OutputRecord[] {
  return Object.entries(Outputs).map(([OutputKey, { Value, Description }]) => ({
    OutputKey,
    OutputValue: String(resolve(Value, scope)),
    Description,
  }));
}
