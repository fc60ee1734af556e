import {
  DeleteParametersCommand,
  paginateDescribeParameters,
  paginateGetParametersByPath,
  ParameterAlreadyExists,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { randomBytes } from 'node:crypto';
import { ConflictError } from '../../../core/errors.ts';
import { parameters } from '../../../core/state/keys.ts';
import type { KeyStore, MasterKey } from '../../../ports/key-store.ts';
import { required } from '../fields.ts';
import { translateError } from '../translate-error.ts';

const SECRET_BYTES = 32;
const DESCRIPTION = 'Written by Headgate: signs previews, priority and gate sessions.';

export function createKeyStore(ssm: SSMClient): KeyStore {
  return {
    async list(app, environment) {
      const folder = parameters.keys(app, environment);
      const kids = await listKids(ssm, folder);
      return kids.toSorted().toReversed();
    },

    read: (app, environment) => readKeys(ssm, parameters.keys(app, environment)),

    async create(app, environment, kid) {
      const secret = randomBytes(SECRET_BYTES).toString('base64url');
      await createKey(ssm, `${parameters.keys(app, environment)}/${kid}`, secret);
      return { kid, secret };
    },

    async remove(app, environment, kids) {
      if (kids.length === 0) return;
      const folder = parameters.keys(app, environment);
      try {
        await ssm.send(
          new DeleteParametersCommand({ Names: kids.map((kid) => `${folder}/${kid}`) }),
        );
      } catch (error) {
        throw explain(error, 'DeleteParameters', folder);
      }
    },
  };
}

/** By what SSM says about parameters, for those who may not read them: reading by path needs the same with or without the secret. */
async function listKids(ssm: SSMClient, folder: string): Promise<readonly string[]> {
  const kids: string[] = [];
  const filter = { Key: 'Path', Option: 'OneLevel', Values: [folder] };
  try {
    const pages = paginateDescribeParameters({ client: ssm }, { ParameterFilters: [filter] });
    for await (const { Parameters = [] } of pages) {
      for (const { Name } of Parameters)
        kids.push(required(Name, 'the name of a parameter').slice(folder.length + 1));
    }
  } catch (error) {
    throw explain(error, 'DescribeParameters', folder);
  }
  return kids;
}

async function readKeys(ssm: SSMClient, folder: string): Promise<readonly MasterKey[]> {
  const keys: MasterKey[] = [];
  try {
    const input = { Path: folder, WithDecryption: true };
    for await (const { Parameters = [] } of paginateGetParametersByPath({ client: ssm }, input)) {
      for (const { Name, Value } of Parameters) {
        const name = required(Name, 'the name of a parameter');
        const secret = required(Value, 'the value of a parameter');
        keys.push({ kid: name.slice(folder.length + 1), secret });
      }
    }
  } catch (error) {
    throw explain(error, 'GetParametersByPath', folder);
  }
  return keys.toSorted((a, b) => (a.kid < b.kid ? 1 : -1));
}

async function createKey(ssm: SSMClient, name: string, secret: string): Promise<void> {
  const put = new PutParameterCommand({
    Name: name,
    Value: secret,
    Type: 'SecureString',
    // The one conditional write that SSM has: never over another run's key.
    Overwrite: false,
    Description: DESCRIPTION,
  });
  try {
    await ssm.send(put);
  } catch (error) {
    if (error instanceof ParameterAlreadyExists) {
      throw new ConflictError(`Another run made the key ${name} at the same moment.`);
    }
    throw explain(error, 'PutParameter', name);
  }
}

function explain(error: unknown, verb: string, name: string): Error {
  return translateError(error, { action: `ssm:${verb}`, resource: `parameter ${name}` });
}
