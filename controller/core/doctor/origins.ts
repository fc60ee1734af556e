/** How distributions ask the bucket. */
import { ofBucket, type BehaviourSettings } from './distribution-settings.ts';
import type { DoctorFacts, EnvironmentLook } from './facts.ts';
import { found, foundIf, type Finding } from './finding.ts';

export function checkOrigins({ environments }: DoctorFacts): readonly Finding[] {
  return environments.flatMap((look) =>
    look.settings.flatMap((settings) => judge(look, ofBucket(settings, look.subject.app))),
  );
}

function judge(
  { subject: { app, environment } }: EnvironmentLook,
  behaviours: readonly BehaviourSettings[],
): readonly Finding[] {
  const subject = `${app.app}/${environment.name}`;
  const unsigned = behaviours.filter(({ signs }) => signs === false);
  const own = behaviours.filter(({ signs }) => signs === true);
  return [
    ...foundIf(unsigned.length > 0, 'origin-unsigned', {
      subject,
      what: `behaviours ${list(unsigned)} ask bucket ${app.bucket} without origin access control`,
      fix: 'Give the origin an origin access control (signing always, sigv4), or the bucket would have to be public.',
    }),
    ...own.flatMap(({ pattern, control }) => {
      if (control === undefined) return [];
      const { name, kind, signing } = control;
      const about = `behaviour ${pattern} asks bucket ${app.bucket} by origin access control ${name}`;
      const fix = `Set its origin type to s3 and its signing behaviour to always (aws cloudfront update-origin-access-control).`;
      if (kind !== 's3') {
        return [found('control-unfit', { subject, what: `${about}, which is for ${kind}`, fix })];
      }
      if (signing === 'never') {
        return [found('control-unfit', { subject, what: `${about}, which never signs`, fix })];
      }
      return foundIf(signing === 'no-override', 'control-yields', {
        subject,
        what: `${about}, which signs nothing that comes with an Authorization header`,
        evidence: 'S3 refuses what a visitor sends there, such as a password for a preview',
        fix,
      });
    }),
  ];
}

function list(behaviours: readonly BehaviourSettings[]): string {
  return behaviours.map(({ pattern }) => pattern).join(', ');
}
