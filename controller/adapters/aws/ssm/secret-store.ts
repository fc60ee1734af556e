import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { SecretStore } from '../../../ports/secret-store.ts';
import { translateError } from '../translate-error.ts';

export function createSecretStore(ssm: SSMClient): SecretStore {
  return {
    async read(name) {
      try {
        const asked = new GetParametersCommand({ Names: [name], WithDecryption: true });
        return (await ssm.send(asked)).Parameters?.[0]?.Value;
      } catch (error) {
        throw translateError(error, { action: 'ssm:GetParameters', resource: `parameter ${name}` });
      }
    },
  };
}
