import { createHash } from 'node:crypto';
import { ACCOUNT_ID, ServiceError } from '../service.ts';
import { parseReference } from './name.ts';
import type { ParameterFile, ParameterVersion } from './parameter-file.ts';

/** One version of a parameter, with the name that versions don't repeat. */
export interface NamedVersion {
  readonly name: string;
  readonly version: ParameterVersion;
}

/** The version a reference means: the newest, unless it says which. */
export function findVersion(file: ParameterFile, reference: string): NamedVersion {
  const { name, version: wanted } = parseReference(reference);
  const versions = file.get(name)?.versions;
  if (versions === undefined) throw notFound(name);
  const version =
    wanted === undefined ? versions.at(-1) : versions.find((one) => one.version === wanted);
  if (version !== undefined) return { name, version };
  throw new ServiceError(
    400,
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${wanted} of ${name}.`,
  );
}

export function renderParameter(
  { name, version }: NamedVersion,
  { region, decrypt }: { region: string; decrypt: boolean },
) {
  return {
    Name: name,
    Type: version.type,
    Value: showValue(version, decrypt),
    Version: version.version,
    LastModifiedDate: version.modified,
    ARN: `arn:aws:ssm:${region}:${ACCOUNT_ID}:parameter${name.startsWith('/') ? '' : '/'}${name}`,
    DataType: 'text',
  };
}

/** All but the value. */
export function describeParameter({ name, version }: NamedVersion, region: string) {
  const { Value: _, ...shown } = renderParameter({ name, version }, { region, decrypt: false });
  return { ...shown, Description: version.description, Policies: [], Tier: 'Standard' };
}

export function renderHistory({ name, version }: NamedVersion, decrypt: boolean) {
  return {
    Name: name,
    Type: version.type,
    Value: showValue(version, decrypt),
    Version: version.version,
    Description: version.description,
    LastModifiedDate: version.modified,
    LastModifiedUser: `arn:aws:iam::${ACCOUNT_ID}:user/local`,
    Labels: version.labels ?? [],
    Policies: [],
    Tier: 'Standard',
    DataType: 'text',
  };
}

export function notFound(name: string): ServiceError {
  return new ServiceError(400, 'ParameterNotFound', `Parameter ${name} not found.`);
}

/** Without decryption a SecureString shows an unreadable text in place of the ciphertext. */
function showValue({ type, value }: ParameterVersion, decrypt: boolean): string {
  if (type !== 'SecureString' || decrypt) return value;
  return createHash('sha512').update(value).digest('base64');
}
