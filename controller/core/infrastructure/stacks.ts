/** Policies and what is live -> CloudFormation stacks, one per region, the home region first. */
import { rememberRegions } from '../deployment/other-regions.ts';
import { renderRoles, roleOutputs } from '../iam/roles/render.ts';
import type { RoleFacts } from '../iam/roles/facts.ts';
import { listAlarmPieces } from './alarms.ts';
import { listBeaconPieces } from './beacon-metrics.ts';
import { listBucketPieces } from './bucket.ts';
import { listDistributionPieces } from './distribution.ts';
import { FAST_LANE_ID, listFastLanePieces } from './fast-lane.ts';
import { withSetup, type Facts, type InfrastructureFacts, type Piece } from './facts.ts';
import { isOwnStore, listGroupPieces } from './group.ts';
import {
  distributionOutput,
  domainOutput,
  fastLaneName,
  HOME_REGION,
  REGIONS_OUTPUT,
  storeOutput,
} from './names.ts';
import { idOfEnvironment, ownEnvironments, placeOf } from './scope.ts';
import { listSharedPieces } from './shared.ts';
import { getAtt, ref, type Output, type Parameter, type Resource, type Stack } from './template.ts';

/** Every stack. A parameter of another region's has the name of the home stack's output that fills it. */
export function renderStacks(facts: InfrastructureFacts): readonly Stack[] {
  const whole = withSetup(facts);
  const pieces = listPieces(whole);
  const others = [...new Set(pieces.map(({ region }) => region))]
    .filter((region) => region !== HOME_REGION)
    .toSorted();
  return [HOME_REGION, ...others].map((region) => {
    const here = pieces.filter((piece) => piece.region === region);
    const resources = Object.fromEntries(here.map(({ id, resource }) => [id, resource] as const));
    return region === HOME_REGION
      ? composeHome(whole, others, resources)
      : composeOther(whole, region, resources);
  });
}

/** Every resource with its region and its reason, in the order in which they are explained. */
export function listPieces(facts: Facts): readonly Piece[] {
  return [
    ...listBucketPieces(facts),
    ...listSharedPieces(facts),
    ...listDistributionPieces(facts),
    ...listGroupPieces(facts),
    ...listAlarmPieces(facts),
    ...listBeaconPieces(facts),
    ...listFastLanePieces(facts),
    ...listRolePieces(facts),
  ];
}

export function roleFactsOf(facts: Facts): RoleFacts {
  const { policies } = facts;
  const owns = ownEnvironments(facts).map(idOfEnvironment);
  return {
    policies,
    ids: {
      distribution: (app, environment) =>
        owns.includes(`${app}/${environment}`)
          ? distributionOutput({ app, environment })
          : undefined,
      keyValueStore: (name) => {
        const group = policies.groups.find((one) => one.name === name);
        return group !== undefined && isOwnStore(facts, group) ? storeOutput(name) : undefined;
      },
    },
  };
}

function listRolePieces(facts: Facts): readonly Piece[] {
  return Object.entries(renderRoles(roleFactsOf(facts))).map(([id, resource]) => {
    const { Description } = resource.Properties;
    const why =
      typeof Description === 'string'
        ? Description
        : 'of GitHub, whose runs get no keys, only roles';
    return { region: HOME_REGION, id, resource, why };
  });
}

function composeHome(
  facts: Facts,
  others: readonly string[],
  Resources: Readonly<Record<string, Resource>>,
): Stack {
  const regions = rememberRegions([...others, ...(facts.leftRegions ?? [])]);
  const outputs = {
    ...Object.fromEntries(ownEnvironments(facts).flatMap((subject) => composeOutputs(subject))),
    ...Object.fromEntries(
      facts.policies.groups
        .filter((group) => isOwnStore(facts, group))
        .map(({ name }) => [
          storeOutput(name),
          {
            Description: `KeyValueStore of group ${name}`,
            Value: getAtt(storeOutput(name), 'Arn'),
          },
        ]),
    ),
    ...(fastLaneName(facts.setup) !== undefined && {
      FastLaneArn: { Description: 'Fast lane', Value: getAtt(FAST_LANE_ID, 'Arn') },
    }),
    ...roleOutputs(roleFactsOf(facts)),
    ...(regions !== undefined && { [REGIONS_OUTPUT]: regions }),
  };
  return {
    name: facts.setup.stack,
    region: HOME_REGION,
    template: {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: 'Headgate: made by `headgate bootstrap --deploy`',
      Resources,
      ...(Object.keys(outputs).length > 0 && { Outputs: outputs }),
    },
  };
}

function composeOutputs(
  subject: Parameters<typeof placeOf>[0],
): readonly (readonly [string, Output])[] {
  const place = placeOf(subject);
  const id = idOfEnvironment(subject);
  const logicalId = distributionOutput(place);
  return [
    [logicalId, { Description: `Distribution of ${id}`, Value: ref(logicalId) }],
    [
      domainOutput(place),
      {
        Description: `Its domain name, for the DNS records of ${id}`,
        Value: getAtt(logicalId, 'DomainName'),
      },
    ],
  ];
}

function composeOther(
  facts: Facts,
  region: string,
  Resources: Readonly<Record<string, Resource>>,
): Stack {
  // What the bucket policies of this region name.
  const entries = ownEnvironments(facts)
    .filter(
      ({ app }) => app.region === region && !facts.setup.existing.buckets.includes(app.bucket),
    )
    .map((subject): readonly [string, Parameter] => [
      distributionOutput(placeOf(subject)),
      {
        Type: 'String',
        Description: `Distribution of ${idOfEnvironment(subject)}, made in ${HOME_REGION}`,
      },
    ]);
  return {
    name: facts.setup.stack,
    region,
    template: {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: `Headgate: what is in ${region}; made by \`headgate bootstrap --deploy\``,
      ...(entries.length > 0 && { Parameters: Object.fromEntries(entries) }),
      Resources,
    },
  };
}
