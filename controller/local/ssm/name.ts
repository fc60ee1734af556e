import { ServiceError } from '../service.ts';

const MAX_LENGTH = 1011;
const MAX_LEVELS = 15;

/** Refuses a name that Parameter Store would not create. */
export function checkName(name: string): void {
  if (!/^[A-Za-z0-9_.\-/]+$/.test(name) || name.endsWith('/') || name.includes('//')) {
    throw invalid(
      'Parameter name: can only contain letters, numbers, and the symbols . - _ and / between levels.',
    );
  }
  if (name.length > MAX_LENGTH) {
    throw invalid(
      `Parameter name is ${name.length} characters, at most ${MAX_LENGTH} are allowed.`,
    );
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw invalid('Parameter name must be a fully qualified name: begin it with /.');
  }
  const [first = ''] = name.replace(/^\//, '').split('/');
  if (/^(aws|ssm)/i.test(first)) throw invalid(`Parameter name can't be prefixed with "${first}".`);
  if (name.split('/').length - 1 > MAX_LEVELS) {
    throw new ServiceError(
      400,
      'HierarchyLevelLimitExceededException',
      `A parameter hierarchy can have at most ${MAX_LEVELS} levels.`,
    );
  }
}

/** `/a/b:3` asks for version 3; an ARN stands for the name it ends with. */
export function parseReference(reference: string): { name: string; version: number | undefined } {
  const name = reference.replace(/^arn:aws:ssm:[^:]*:[^:]*:parameter(?=\/)/, '');
  const match = /^([^:]+):(\d+)$/.exec(name);
  return match === null
    ? { name, version: undefined }
    : { name: match[1] ?? '', version: Number(match[2]) };
}

export function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationException', message);
}
