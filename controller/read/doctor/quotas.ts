import type { AlarmLook, EnvironmentLook, GroupLook, QuotaUse } from '../../core/doctor/facts.ts';
import { HOME_REGION } from '../../core/infrastructure/names.ts';
import type { Context } from '../../ports/context.ts';
import type { Notebook } from './notebook.ts';

/** Documented defaults. */
const BEHAVIOURS = 75;
const FUNCTIONS = 100;
const STORES = 50;
const READERS = 10;
const STORE_BYTES = 5 * 1024 * 1024;
/** In a region. */
const ALARMS = 5000;
/** Of the standard tier, in a region. */
const PARAMETERS = 10_000;

const MORE = 'Ask for more in Service Quotas (CloudFront, us-east-1), or remove what nobody uses.';

interface Looked {
  readonly environments: readonly EnvironmentLook[];
  readonly groups: readonly GroupLook[];
  readonly alarms: readonly AlarmLook[];
}

/** How much is used of what a release needs more of. */
export async function readQuotas(
  context: Context,
  notebook: Notebook,
  { environments, groups, alarms }: Looked,
): Promise<readonly QuotaUse[]> {
  const { inspection } = context;
  const [behaviours, counts, sizes, regional] = await Promise.all([
    notebook.read('quotas', () =>
      inspection.quota('cloudfront', 'Cache behaviors per distribution'),
    ),
    notebook.read('quotas', () => inspection.counts()),
    Promise.all(groups.map((group) => readSize(context, notebook, group))),
    readRegional(context, notebook, { environments, groups, alarms }),
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
    ...regional,
  ];
}

/** Bootstrap makes alarms, and every environment has parameters. */
async function readRegional(
  { inspection }: Context,
  notebook: Notebook,
  { environments, alarms }: Looked,
): Promise<readonly QuotaUse[]> {
  const watched = new Set([HOME_REGION, ...alarms.map(({ state }) => state.region)]);
  const kept = new Set(environments.map(({ subject }) => subject.app.region));
  const uses = await Promise.all([
    ...[...watched].map((region) =>
      readCount(notebook, {
        count: () => inspection.alarmCount(region),
        what: `alarms in ${region}`,
        limit: ALARMS,
        fix: 'Ask for more in Service Quotas (CloudWatch, in that region), or remove what nobody uses.',
      }),
    ),
    ...[...kept].map((region) =>
      readCount(notebook, {
        count: () => inspection.parameterCount(region),
        what: `parameters in ${region}`,
        limit: PARAMETERS,
        fix: 'Remove what nobody uses: SSM takes no new one of the standard tier beyond it.',
      }),
    ),
  ]);
  return uses.flat();
}

async function readCount(
  notebook: Notebook,
  {
    count,
    ...about
  }: Pick<QuotaUse, 'what' | 'limit' | 'fix'> & { readonly count: () => Promise<number> },
): Promise<readonly QuotaUse[]> {
  const read = await notebook.read('quotas', count);
  return read.map((used) => ({ ...about, subject: 'account', used, isExact: false }));
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
