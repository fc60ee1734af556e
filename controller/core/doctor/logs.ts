/** Where functions write, and what is counted of it. */
import { HOME_REGION } from '../infrastructure/names.ts';
import type { DoctorFacts, LogLook } from './facts.ts';
import { foundIf, type Finding } from './finding.ts';

export function checkLogs({ logs }: DoctorFacts): readonly Finding[] {
  return logs.flatMap(judge);
}

/** AWS makes a group that is missing at the first line, and keeps it for ever (documented). */
function judge({ name, wantedDays, live, missing }: LogLook): readonly Finding[] {
  const subject = `log group ${name}`;
  const place = `--log-group-name ${name} --region ${HOME_REGION}`;
  const retain = `aws logs put-retention-policy ${place} --retention-in-days ${wantedDays}`;
  return [
    ...foundIf(live === undefined || live.days === 0, 'log-unlimited', {
      subject,
      what:
        live === undefined
          ? 'it is not there: AWS makes it at the first line, and keeps it for ever'
          : 'it keeps every line for ever, which is billed by the month',
      fix: live === undefined ? `aws logs create-log-group ${place} && ${retain}` : retain,
    }),
    ...foundIf(missing.length > 0, 'metric-filter-missing', {
      subject,
      what: `it has no metric filter ${missing.join(', ')}: dashboards and the alarm for people count nothing`,
      fix: 'headgate bootstrap --outputs-only prints them (aws logs put-metric-filter); the guard itself reads the lines.',
    }),
  ];
}
