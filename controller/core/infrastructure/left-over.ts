/** What no template can make: DNS records, certificates, alarms of metrics that only the team knows. */
import type { OriginPolicy } from '../policy/policy.ts';
import { listAlarms, sourceOf } from './alarms.ts';
import { certificateOf } from './distribution.ts';
import { withSetup, type Facts, type InfrastructureFacts } from './facts.ts';
import { domainOutput } from './names.ts';
import { idOfEnvironment, ownEnvironments, placeOf } from './scope.ts';

export interface LeftOver {
  /** `shop/prod`, or the name of an alarm. */
  readonly subject: string;
  readonly what: string;
  readonly how: string;
}

/** In the order of the policies. */
export function listLeftOver(facts: InfrastructureFacts): readonly LeftOver[] {
  const whole = withSetup(facts);
  return [
    ...listHosts(whole),
    ...listOrigins(whole),
    ...listUnknownAlarms(whole),
    ...listLeftStacks(whole),
  ];
}

/** Not deleted by the way: an alarm of somebody may hang on it, and `--destroy` takes it along. */
function listLeftStacks({ setup, leftRegions = [] }: Facts): readonly LeftOver[] {
  return leftRegions.map((region) => ({
    subject: `stack ${setup.stack} in ${region}`,
    what: 'no policy names that region any more',
    how: `aws cloudformation delete-stack --stack-name ${setup.stack} --region ${region} # its buckets stay`,
  }));
}

function listHosts(facts: Facts): readonly LeftOver[] {
  return ownEnvironments(facts).map((subject) => {
    const id = idOfEnvironment(subject);
    const { hosts } = subject.environment;
    const output = domainOutput(placeOf(subject));
    if (certificateOf(facts, subject) === undefined) {
      return {
        subject: id,
        what: `no certificate, so no answer for ${hosts.join(', ')}: only for the distribution's own domain name`,
        how: `Request one for them in ACM in us-east-1, then name it in edge.yaml: setup: { certificates: { ${id}: arn:aws:acm:us-east-1:... } }`,
      };
    }
    return {
      subject: id,
      what: `DNS of ${hosts.join(', ')}`,
      how: `CNAME, or an alias record of Route 53, to the output ${output} of the stack`,
    };
  });
}

function listOrigins(facts: Facts): readonly LeftOver[] {
  return facts.policies.apps.flatMap(({ app, origins }) =>
    usesIds(origins)
      .filter((id) => facts.setup.origins[app]?.[id] === undefined)
      .map((id) => ({
        subject: app,
        what: `origin ${id}, which the policy names by id`,
        how: `Say in edge.yaml where it answers: setup: { origins: { ${app}: { ${id}: https://... } } }`,
      })),
  );
}

function usesIds(origins: Readonly<Record<string, OriginPolicy>> = {}): readonly string[] {
  return [...new Set(Object.values(origins).flatMap((one) => ('id' in one ? [one.id] : [])))];
}

function listUnknownAlarms(facts: Facts): readonly LeftOver[] {
  return listAlarms(facts).flatMap((alarm) => {
    const source = sourceOf(facts, alarm);
    if (source.kind !== 'unknown') return [];
    return {
      subject: alarm.name,
      what: `alarm in ${alarm.region}: ${source.why}`,
      how: `Say in edge.yaml what it watches, or that somebody else makes it: setup: { alarms: { ${alarm.name}: existing } }`,
    };
  });
}
