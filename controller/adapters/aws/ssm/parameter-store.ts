import { GetParametersCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { mapAtOnce } from '../../../core/at-once.ts';
import type { Parameter, ParameterStore } from '../../../ports/parameter-store.ts';
import { required } from '../fields.ts';
import { translateError } from '../translate-error.ts';

/** GetParameters refuses more names than this. */
const NAMES_PER_CALL = 10;
/** SSM answers some 40 a second, to everybody in the account and region together. */
const CALLS_AT_ONCE = 4;
const DESCRIPTION = 'Written by Headgate; changes made by hand are overwritten.';

export function createParameterStore(ssm: SSMClient): ParameterStore {
  return {
    async read(names) {
      const batches = chunk(names, NAMES_PER_CALL);
      const found = await mapAtOnce(batches, CALLS_AT_ONCE, (batch) => readBatch(ssm, batch));
      return new Map(found.flat());
    },

    async write(name, value) {
      const put = new PutParameterCommand({
        Name: name,
        Value: value,
        Type: 'String',
        Overwrite: true,
        Description: DESCRIPTION,
      });
      try {
        return required((await ssm.send(put)).Version, 'the version of a parameter');
      } catch (error) {
        throw translateError(error, { action: 'ssm:PutParameter', resource: `parameter ${name}` });
      }
    },
  };
}

async function readBatch(
  ssm: SSMClient,
  names: readonly string[],
): Promise<readonly (readonly [string, Parameter])[]> {
  try {
    const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names: [...names] }));
    return Parameters.map(({ Name, Value, Version, Type = 'String' }) => [
      required(Name, 'the name of a parameter'),
      {
        value: required(Value, 'the value of a parameter'),
        version: required(Version, 'the version of a parameter'),
        ...(Type !== 'String' && { type: Type }),
      },
    ]);
  } catch (error) {
    const resource = `parameters ${names.join(', ')}`;
    throw translateError(error, { action: 'ssm:GetParameters', resource });
  }
}

function chunk<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
