import {
  paginateGetParameterHistory,
  type ParameterHistory,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { ParameterLook } from '../../../core/doctor/facts.ts';
import { askOrNone } from './asking.ts';

/** From its versions, which alone tell labels; no value leaves here. undefined: there is no such parameter. */
export async function readParameterLook(
  client: SSMClient,
  name: string,
): Promise<ParameterLook | undefined> {
  const doing = { action: 'ssm:GetParameterHistory', resource: `parameter ${name}` };
  const versions = await askOrNone(doing, ['ParameterNotFound'], async () => {
    const found: ParameterHistory[] = [];
    const asked = { Name: name, WithDecryption: false };
    for await (const page of paginateGetParameterHistory({ client }, asked))
      found.push(...(page.Parameters ?? []));
    return found.toSorted((one, other) => (one.Version ?? 0) - (other.Version ?? 0));
  });
  const [oldest] = versions ?? [];
  const newest = versions?.at(-1);
  if (versions === undefined || oldest === undefined || newest === undefined) return undefined;
  return {
    name,
    type: newest.Type ?? 'String',
    tier: newest.Tier ?? 'Standard',
    versions: versions.length,
    oldest: { version: oldest.Version ?? 1, labels: oldest.Labels ?? [] },
  };
}
