/** SSM parameters that a release writes. */
import type { EnvironmentSubject } from '../policy/subjects.ts';
import { parameters } from '../state/keys.ts';
import type { DoctorFacts, ParameterLook } from './facts.ts';
import { found, type Finding } from './finding.ts';

/** Parameter Store keeps so many, and deletes the oldest for a new one unless it has a label (documented). */
const VERSIONS = 100;
const SOON = 80;

export function checkParameters({ environments }: DoctorFacts): readonly Finding[] {
  return environments.flatMap(({ subject, parameters: known }) =>
    known.flatMap((looks) => looks.flatMap((look) => judge(subject, look))),
  );
}

function judge({ app, environment, group }: EnvironmentSubject, look: ParameterLook) {
  const subject = `${app.app}/${environment.name}`;
  const place = `--name ${look.name} --region ${app.region}`;
  const isRelease =
    group.runtime === 'lambda-edge' && look.name === parameters.route(app.app, environment.name);
  const isRead = isRelease || look.name === environment.adopted?.activeBuildParameter;
  return [
    ...checkType(look, { subject, place, isRead }),
    ...checkLabels(look, { subject, place }),
    ...checkTier(look, { subject, place }),
  ];
}

interface About {
  readonly subject: string;
  /** Arguments that name it. */
  readonly place: string;
}

function checkType(
  { name, type }: ParameterLook,
  { subject, place, isRead }: About & { readonly isRead: boolean },
): readonly Finding[] {
  if (type === 'String') return [];
  return [
    found('parameter-type', {
      subject,
      what: `${name} is a ${type}: it can't be written as the String that others read`,
      fix: isRead
        ? `It is read all the time, by the edge or by other tools: keep its value (aws ssm get-parameter ${place} --with-decryption), and put it back as soon as it is deleted: aws ssm delete-parameter ${place} && aws ssm put-parameter ${place} --type String --value <the same>`
        : `aws ssm delete-parameter ${place}; the next headgate reconcile writes it anew.`,
    }),
  ];
}

function checkLabels(
  { name, versions, oldest }: ParameterLook,
  { subject, place }: About,
): readonly Finding[] {
  if (oldest.labels.length === 0 || versions < SOON) return [];
  const what = `the oldest version of ${name} (${oldest.version}) has the label ${oldest.labels.join(', ')}`;
  const fix = `aws ssm unlabel-parameter-version ${place} --parameter-version ${oldest.version} --labels ${oldest.labels.join(' ')}; Headgate needs no labels.`;
  return [
    versions >= VERSIONS
      ? found('parameter-label', {
          subject,
          what: `${what}, and ${versions} versions are kept: SSM refuses the next one (ParameterMaxVersionLimitExceeded)`,
          fix,
        })
      : found('parameter-label-soon', {
          subject,
          what: `${what}; from ${VERSIONS} versions on SSM refuses new ones, and there are ${versions}`,
          fix,
        }),
  ];
}

function checkTier({ name, tier }: ParameterLook, { subject, place }: About): readonly Finding[] {
  if (tier !== 'Advanced') return [];
  return [
    found('parameter-advanced', {
      subject,
      what: `${name} is of the advanced tier, which costs; 4 KB of the standard tier are enough`,
      fix: `aws ssm delete-parameter ${place}; headgate reconcile writes it anew. On Lambda@Edge it is the release: leave it.`,
    }),
  ];
}
