import type { EnvironmentLook, GroupLook, QuotaUse } from '../../core/doctor/facts.ts';
import type { Context } from '../../ports/context.ts';
import type { Notebook } from './notebook.ts';

/** Documented defaults. */
const BEHAVIOURS = 75;
const FUNCTIONS = 100;
const STORES = 50;
const READERS = 10;
const STORE_BYTES = 5 * 1024 * 1024;

const MORE = 'Ask for more in Service Quotas (CloudFront, us-east-1), or remove what nobody uses.';

interface Looked {
  readonly environments: readonly EnvironmentLook[];
  readonly groups: readonly GroupLook[];
}

/** How much is used of what a release needs more of. */
export async function readQuotas(
  context: Context,
  notebook: Notebook,
  { environments, groups }: Looked,
): Promise<readonly QuotaUse[]> {
  const { inspection } = context;
  const [behaviours, counts, sizes] = await Promise.all([
    notebook.read('quotas', () =>
      inspection.quota('cloudfront', 'Cache behaviors per distribution'),
    ),
    notebook.read('quotas', () => inspection.counts()),
    Promise.all(groups.map((group) => readSize(context, notebook, group))),
  ]);
  return [
    ...environments.flatMap((look) => ofDistribution(look, behaviours[0])),
    ...counts.flatMap(({ functions, stores, readers }) => [
      account('CloudFront Functions of the account', functions, FUNCTIONS),
      account('KeyValueStores of the account', stores, STORES),
      ...groups.flatMap(({ group, storeArn }) =>
        storeArn.map((arn) => ({
          ...account('functions that read its KeyValueStore', readers.get(arn) ?? 0, READERS),
          subject: `group ${group.name}`,
        })),
      ),
    ]),
    ...sizes.flat(),
  ];
}

async function readSize(
  { inspection }: Context,
  notebook: Notebook,
  { group, storeArn }: GroupLook,
): Promise<readonly QuotaUse[]> {
  const [arn] = storeArn;
  if (arn === undefined) return [];
  const subject = `group ${group.name}`;
  const bytes = await notebook.read(subject, () => inspection.storeBytes(arn));
  return bytes.map((used) => ({
    what: 'bytes in its KeyValueStore',
    subject,
    used,
    limit: STORE_BYTES,
    isExact: true,
    fix: 'Give environments a group with another KeyValueStore, or delete keys that nobody reads.',
  }));
}

function ofDistribution(
  { subject: { app, environment }, settings }: EnvironmentLook,
  quota: number | undefined,
): readonly QuotaUse[] {
  return settings.flatMap((known) =>
    known === undefined
      ? []
      : [
          {
            what: `cache behaviours of distribution ${environment.edge.distribution}`,
            subject: `${app.app}/${environment.name}`,
            used: known.behaviours.length,
            limit: quota ?? BEHAVIOURS,
            isExact: quota !== undefined,
            fix: MORE,
          },
        ],
  );
}

/** Which value an account has of these is listed under names that nobody here has seen. */
function account(what: string, used: number, limit: number): QuotaUse {
  return { what, subject: 'account', used, limit, isExact: false, fix: MORE };
}
