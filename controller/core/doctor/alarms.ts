/** The guard's alarms. How they reach the fast lane is beside this. */
import type { AlarmLook, DoctorFacts } from './facts.ts';
import { found, foundIf, type Finding } from './finding.ts';

/** Alarms of rates have no data at night; a whole day without any is no night. */
const SILENT_MS = 86_400_000;

export function checkAlarms({ alarms, now }: DoctorFacts): readonly Finding[] {
  return alarms.flatMap((look) => judge(look, now));
}

function judge(look: AlarmLook, now: Date): readonly Finding[] {
  const { guards, state } = look;
  const { name, region, since, reason } = state;
  const subject = guards.map(({ app, environment }) => `${app.app}/${environment.name}`).join(', ');
  const about = `alarm ${name} in ${region}`;
  switch (state.state) {
    case 'OK':
      return [];
    case 'missing':
      return [missing(look, subject)];
    case 'unreadable':
      return [
        found('unreadable', {
          subject,
          what: `${about} can't be read: ${reason}`,
          fix: 'Allow cloudwatch:DescribeAlarms.',
        }),
      ];
    case 'ALARM':
      return [
        found('alarm-firing', {
          subject,
          what: `${about} is in ALARM${since === undefined ? '' : ` since ${since}`}: no rollout starts`,
          evidence: reason,
          fix: 'Mend what it tells of; or take it out of guard.alarms if it tells of something else.',
        }),
      ];
    case 'INSUFFICIENT_DATA':
      return foundIf(isSilent(since, now), 'alarm-without-data', {
        subject,
        what: `${about} has had no data since ${since}: with guard.noData: hold every rollout waits for it`,
        evidence: reason,
        fix: 'Check its metric and dimensions, or let missing data count as notBreaching.',
      });
  }
}

function isSilent(since: string | undefined, now: Date): boolean {
  return since !== undefined && now.getTime() - Date.parse(since) >= SILENT_MS;
}

function missing({ state: { name, region }, elsewhere }: AlarmLook, subject: string): Finding {
  const [other] = elsewhere;
  return found('alarm-missing', {
    subject,
    what: `there is no alarm ${name} in ${region}: the guard is blind`,
    ...(other !== undefined && { evidence: `there is one in ${elsewhere.join(', ')}` }),
    fix:
      other === undefined
        ? 'headgate bootstrap --deploy makes it; or correct its name in guard.alarms.'
        : `Say \`region: ${other}\` in guard.alarms: metrics of CloudFront are in us-east-1.`,
  });
}
