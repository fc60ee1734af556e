/** The way from what is live to Headgate, step by step. */
import { renderCommand } from './command.ts';
import { denyVisitors } from './deny-visitors.ts';
import type { AdoptPlan } from './plan.ts';

export interface Step {
  readonly title: string;
  readonly commands: readonly string[];
  readonly changes: string;
  /** Why nobody notices. */
  readonly visitors: string;
  readonly back: string;
}

/** More are worth it only where people may want to go back further. */
const BUILDS_ADOPTED = 3;
const BEFORE = 'before.json';

export interface Policies {
  /** Where they will be. */
  readonly directory: string;
  /** edge.yaml there has the group already, and so its KeyValueStore or role are there. */
  readonly hasGroup: boolean;
}

export function listSteps(plan: AdoptPlan, policies: Policies): readonly Step[] {
  return [
    keepConfiguration(plan),
    ...(policies.hasGroup ? [] : [makeStore(plan)]),
    ...(plan.root === '' ? [denyOthers(plan)] : []),
    ...(plan.layout === 'prefixes' ? [adoptBuilds(plan)] : []),
    writePolicy(plan, policies),
    ...(plan.layout === 'flat' ? [publishSite(plan)] : []),
    exchange(plan),
    release(plan),
  ];
}

function keepConfiguration({ facts: { distribution } }: AdoptPlan): Step {
  return {
    title: 'Keep the distribution as it is',
    commands: [
      `aws cloudfront get-distribution-config --id ${distribution.id} --query DistributionConfig > ${BEFORE}`,
    ],
    changes: 'nothing',
    visitors: 'It only reads.',
    back: 'nothing to take back',
  };
}

function makeStore({ facts: { group, said } }: AdoptPlan): Step {
  const store = `headgate-${group}`;
  if (said.role !== undefined) {
    return {
      title: 'The role of the edge function',
      commands: [],
      changes: `${said.role} must be there, trusted by lambda and edgelambda, with ssm:GetParameters`,
      visitors: 'Nothing runs as it yet.',
      back: 'delete the role',
    };
  }
  return {
    title: 'An empty KeyValueStore, unless the group has one',
    commands: [`aws cloudfront create-key-value-store --name ${store}`],
    changes: `a new store, ${store}, which takes some seconds to be READY`,
    visitors: 'Nothing reads it yet.',
    back: `aws cloudfront delete-key-value-store --name ${store} --if-match <its ETag>`,
  };
}

function placeOf({ facts: { app, bucket, region } }: AdoptPlan): string {
  return `--bucket ${bucket} --app ${app} --region ${region}`;
}

function adoptBuilds(plan: AdoptPlan): Step {
  const { facts, build, root = '' } = plan;
  const others = facts.content.builds.filter((one) => one !== build);
  const builds = [build, ...others.slice(0, BUILDS_ADOPTED - 1)];
  return {
    title: 'Adopt the builds where they lie',
    commands: [`headgate build adopt ${builds.join(' ')} --root /${root} ${placeOf(plan)}`],
    changes: `reads every file of them once, and writes ${root}<build>/.headgate/manifest.json. Others can follow at any time`,
    visitors: 'No file of theirs is changed or copied, and nothing asks for a manifest.',
    back: `aws s3 rm s3://${facts.bucket}/${root}${build}/.headgate/manifest.json`,
  };
}

/** At the top of a bucket a preview of "build `shop`" would ask for what Headgate keeps below `shop/`. */
function denyOthers({ facts: { bucket } }: AdoptPlan): Step {
  const file = 'bucket-policy.json';
  return {
    title: "What is nobody's to read",
    commands: [
      `aws s3api get-bucket-policy --bucket ${bucket} --query Policy --output text > ${file}`,
      `(add to its Statement) ${JSON.stringify(denyVisitors(bucket))}`,
      `aws s3api put-bucket-policy --bucket ${bucket} --policy file://${file}`,
    ],
    changes:
      'the bucket policy: records, settings, manifests and edge code stay hidden from distributions. An origin access identity is another principal than the service: where the distribution has one, add it ("AWS": its ARN)',
    visitors: 'Nothing of theirs has such a name; take out of it what yours have.',
    back: 'put the policy without that statement',
  };
}

function writePolicy(plan: AdoptPlan, { directory }: Policies): Step {
  const { app } = plan.facts;
  return {
    title: 'The policy',
    commands: [
      `${renderCommand(plan)} --out ${directory}`,
      `headgate validate --policies ${directory}`,
    ],
    changes: `${directory}/${app}.yaml, and the group in edge.yaml`,
    visitors: 'Nobody reads them yet.',
    back: 'delete them',
  };
}

function publishSite(plan: AdoptPlan): Step {
  const { facts, originPath = '', build } = plan;
  // Headgate's own folders are there by then.
  const exclude = originPath === '' ? ` --exclude '${facts.app}/*' --exclude 'edge/*'` : '';
  return {
    title: 'The present site as the first build',
    commands: [
      `headgate reconcile (exit 2: build ${build} is not published yet; it hands the settings over to publish)`,
      `aws s3 sync s3://${facts.bucket}${originPath}/ site${exclude}`,
      `headgate publish site --build ${build} ${placeOf(plan)}`,
      `headgate doctor (without read-missing: the distribution may read ${facts.app}/builds/, not the old place alone)`,
    ],
    changes: `copies the site to ${facts.app}/builds/${build}/, with types and headers by the files' names: what has no extension becomes a download, and what is stored compressed (Content-Encoding) has to be unpacked in site/ first. From here on whatever writes the old place has to stop: it would be seen until the next step, and not afterwards`,
    visitors: 'They get the old copy, which stays as it is.',
    back: `aws s3 rm --recursive s3://${facts.bucket}/${facts.app}/builds/${build}/`,
  };
}

function exchange(plan: AdoptPlan): Step {
  const { facts, build, leaving, originPath, layout } = plan;
  const { id } = facts.distribution;
  const left = leaving.map(({ name, events }) => `${name} (${events.join(', ')})`).join(', ');
  const same =
    layout === 'flat'
      ? `the files of build ${build}, which are those of the old place`
      : `build ${build}${facts.parameter === undefined ? '' : `: SSM ${facts.parameter.name} says so, and is written only by the next release`}`;
  return {
    title: "Exchange the functions for Headgate's",
    commands: ['headgate plan', 'headgate reconcile'],
    changes:
      `publishes and tests Headgate's functions, writes the route, the record and /headgate/${facts.app}/${facts.environment}/... in SSM; ` +
      `then one change of distribution ${id}: ${left === '' ? '' : `${left} leave, `}` +
      `${originPath === undefined ? '' : `the behaviours ask the bucket as a whole instead of ${originPath}, `}Headgate's come`,
    visitors: `While it spreads, minutes, some edges run the old and some the new; each has all of one or all of the other, and both serve ${same}.`,
    back:
      `headgate pause ${facts.app} ${facts.environment} --reason "back to the old functions", then ` +
      `aws cloudfront update-distribution --id ${id} --distribution-config file://${BEFORE} ` +
      `--if-match $(aws cloudfront get-distribution-config --id ${id} --query ETag --output text)`,
  };
}

function release(plan: AdoptPlan): Step {
  const { facts } = plan;
  const stops =
    facts.parameter === undefined
      ? 'the earlier pipeline stops to deploy'
      : `the earlier pipeline stops to write ${facts.parameter.name}: Headgate writes it from then on`;
  return {
    title: 'Release with Headgate from now on',
    commands: [
      `headgate publish dist --build <next> ${placeOf(plan)}`,
      `(name it in ${facts.app}.yaml, with steps and bake)`,
      'headgate reconcile',
    ],
    changes: stops,
    visitors: 'A rollout like any other.',
    back: `headgate rollback ${facts.app} ${facts.environment}; to leave: headgate eject ${facts.app} ${facts.environment}`,
  };
}
