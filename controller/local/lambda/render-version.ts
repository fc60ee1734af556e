import { LATEST, type FunctionRecord, type FunctionVersion } from './function.ts';
import { composeArn, type LambdaFunctions } from './function-store.ts';

/** A version as GetFunctionConfiguration and its like show it. */
export function renderVersion(
  functions: LambdaFunctions,
  record: FunctionRecord,
  version: FunctionVersion,
) {
  const isActive = isVersionActive(functions, record, version);
  const isUpdated = !isActive || functions.isSettled(version.modified);
  return {
    FunctionName: record.name,
    FunctionArn: composeArn(record, version.version),
    Version: version.version,
    Role: version.role,
    Runtime: version.runtime,
    Handler: version.handler,
    Description: version.description,
    Timeout: version.timeoutSeconds,
    MemorySize: version.memoryMegabytes,
    Architectures: [version.architecture],
    PackageType: 'Zip',
    CodeSha256: version.codeSha256,
    CodeSize: version.codeBytes,
    RevisionId: version.revisionId,
    LastModified: new Date(version.modified).toISOString().replace('Z', '+0000'),
    ...(Object.keys(version.environment).length === 0
      ? {}
      : { Environment: { Variables: version.environment } }),
    ...(isActive
      ? { State: 'Active' }
      : {
          State: 'Pending',
          StateReason: 'The function or version is being created.',
          StateReasonCode: 'Creating',
        }),
    LastUpdateStatus: isUpdated ? 'Successful' : 'InProgress',
  };
}

/** A numbered version is Pending for a moment of its own: until then no distribution takes it. */
function isVersionActive(
  functions: LambdaFunctions,
  record: FunctionRecord,
  { version, modified }: FunctionVersion,
): boolean {
  return functions.isSettled(version === LATEST ? record.created : modified);
}
