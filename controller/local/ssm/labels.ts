import * as z from 'zod';
import { ServiceError } from '../service.ts';
import type { ParameterFile, ParameterHistory, ParameterVersion } from './parameter-file.ts';
import { notFound } from './read-parameter.ts';

const LABELS_LIMIT = 10;
const Labels = z.array(z.string().min(1).max(100)).min(1).max(LABELS_LIMIT);

export const labelShape = z.strictObject({
  Name: z.string(),
  ParameterVersion: z.int().min(1).optional(),
  Labels,
});

export const unlabelShape = z.strictObject({
  Name: z.string(),
  ParameterVersion: z.int().min(1),
  Labels,
});

/** LabelParameterVersion: a label is on one version; here it moves. Labels that can't be are answered, not refused. */
export function labelVersion(file: ParameterFile, input: z.output<typeof labelShape>) {
  const history = find(file, input.Name);
  const { version } = pick(history, input.ParameterVersion);
  const invalid = input.Labels.filter(
    (label) => !/^[A-Za-z_][\w.-]*$/.test(label) || /^(aws|ssm)/i.test(label),
  );
  const valid = input.Labels.filter((label) => !invalid.includes(label));
  const versions = history.versions.map((one) => {
    const others = (one.labels ?? []).filter((label) => !valid.includes(label));
    return { ...one, labels: one.version === version ? [...others, ...valid] : others };
  });
  if (versions.some(({ labels }) => labels.length > LABELS_LIMIT)) {
    throw new ServiceError(
      400,
      'ParameterVersionLabelLimitExceeded',
      'A parameter version can have a maximum of ten labels.',
    );
  }
  file.save({ ...history, versions });
  return { InvalidLabels: invalid, ParameterVersion: version };
}

/** UnlabelParameterVersion. */
export function unlabelVersion(file: ParameterFile, input: z.output<typeof unlabelShape>) {
  const history = find(file, input.Name);
  const chosen = pick(history, input.ParameterVersion);
  const removed = input.Labels.filter((label) => chosen.labels?.includes(label) === true);
  const versions = history.versions.map((one) =>
    one === chosen
      ? { ...one, labels: (one.labels ?? []).filter((label) => !removed.includes(label)) }
      : one,
  );
  file.save({ ...history, versions });
  return {
    RemovedLabels: removed,
    InvalidLabels: input.Labels.filter((label) => !removed.includes(label)),
  };
}

function find(file: ParameterFile, name: string): ParameterHistory {
  const history = file.get(name);
  if (history === undefined) throw notFound(name);
  return history;
}

function pick({ name, versions }: ParameterHistory, wanted: number | undefined): ParameterVersion {
  const found =
    wanted === undefined ? versions.at(-1) : versions.find(({ version }) => version === wanted);
  if (found !== undefined) return found;
  throw new ServiceError(
    400,
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${wanted} of ${name}.`,
  );
}
