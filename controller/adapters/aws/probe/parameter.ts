import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { Measured } from '../../../core/doctor/probe/statement.ts';
import { observe, refusalToOwner, tell } from './observe.ts';
import type { Scratch } from './scratch.ts';

/** Where the probe's parameters are: others are found there, too. */
export const PARAMETERS = '/headgate-probe';

const WRITES = 10;
const LIMIT = 4096;

/** Rules of SSM's parameters, on one of the probe's own. */
export async function measureParameter(
  ssm: SSMClient,
  scratch: Scratch,
): Promise<readonly Measured[]> {
  const Name = `${PARAMETERS}/${scratch.name}`;
  scratch.keep(`parameter ${Name}`, () => ssm.send(new DeleteParameterCommand({ Name })));
  const put = (Value: string) =>
    ssm.send(
      new PutParameterCommand({ Name, Value, Type: 'String', Tier: 'Standard', Overwrite: true }),
    );
  return [
    await observe('parameter-consistent', async () => {
      let stale = 0;
      for (let write = 1; write <= WRITES; write += 1) {
        await put(String(write));
        const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
        if (Parameter?.Value !== String(write)) stale += 1;
      }
      return [stale === 0, `${stale} of ${WRITES} reads were behind`];
    }),
    await observe('parameter-bytes', async () => {
      const refusal = await refusalToOwner(put('é'.repeat(LIMIT)));
      return [refusal?.name === 'ValidationException', `${LIMIT} letters: ${tell(refusal)}`];
    }),
  ];
}
