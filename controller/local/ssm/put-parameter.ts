import * as z from 'zod';
import { ServiceError } from '../service.ts';
import { checkName, invalid } from './name.ts';
import type { ParameterFile, ParameterVersion } from './parameter-file.ts';

const MAX_VALUE_BYTES = 4096;
const MAX_VERSIONS = 100;

export const putShape = z.strictObject({
  Name: z.string(),
  Value: z.string().min(1),
  Type: z.enum(['String', 'StringList', 'SecureString']).optional(),
  Overwrite: z.boolean().default(false),
  Description: z.string().max(1024).optional(),
  Tier: z.literal('Standard').default('Standard'),
  DataType: z.literal('text').default('text'),
});

/** PutParameter. There is no conditional write: the last writer wins, each write is one version more. */
export function putParameter(
  file: ParameterFile,
  input: z.output<typeof putShape>,
  now: Date,
): { Version: number; Tier: string } {
  checkName(input.Name);
  checkSize(input.Value);
  const former = file.get(input.Name)?.versions ?? [];
  const latest = former.at(-1);
  if (latest !== undefined && !input.Overwrite) {
    throw new ServiceError(
      400,
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const type = input.Type ?? latest?.type;
  if (type === undefined) {
    throw invalid('A parameter type is required when you create a parameter.');
  }
  if (latest !== undefined && type !== latest.type) {
    throw new ServiceError(
      400,
      'HierarchyTypeMismatchException',
      `The type of ${input.Name} is ${latest.type} and can't be changed.`,
    );
  }
  checkOldest(input.Name, former);
  const version = (latest?.version ?? 0) + 1;
  const written = {
    version,
    type,
    value: input.Value,
    description: input.Description ?? latest?.description,
    modified: now.getTime() / 1000,
  };
  file.save({ name: input.Name, versions: [...former, written].slice(-MAX_VERSIONS) });
  return { Version: version, Tier: input.Tier };
}

/** The oldest would go, but a label keeps it: then nothing is written. */
function checkOldest(name: string, versions: readonly ParameterVersion[]): void {
  const [oldest] = versions;
  if (oldest === undefined || versions.length < MAX_VERSIONS) return;
  if ((oldest.labels ?? []).length === 0) return;
  throw new ServiceError(
    400,
    'ParameterMaxVersionLimitExceeded',
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
  );
}

function checkSize(value: string): void {
  if (Buffer.byteLength(value) <= MAX_VALUE_BYTES) return;
  throw invalid(
    `Standard tier parameters support a maximum parameter value of ${MAX_VALUE_BYTES} characters.`,
  );
}
