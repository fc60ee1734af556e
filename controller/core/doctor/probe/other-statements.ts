import type { Statement } from './statement.ts';
import { WHY } from './why-not.ts';

/** Of all other pages. */
export const OTHER_STATEMENTS: readonly Statement[] = [
  {
    id: 'server-origin-path',
    page: 'edge/README.md',
    says: 'the origin path is that of the behaviour',
    measured: { not: WHY.later },
  },
  {
    id: 'log-lines',
    page: 'edge/README.md',
    says: 'writes START and END lines',
    measured: { not: WHY.logs },
  },
  {
    id: 'response-sees-request-header',
    page: 'edge/README.md',
    says: 'headers that viewer-request set',
    measured: { not: 'measured as response-sees-request' },
  },
  {
    id: 'response-sees-request-gate',
    page: 'edge/README.md',
    says: "doesn't see viewer-request",
    measured: { not: 'measured as response-sees-request' },
  },
  {
    id: 'backtest',
    page: 'controller/README.md',
    says: "What the past can't tell",
    measured: { not: 'no statement about AWS' },
  },
  {
    id: 'commit-times',
    page: 'controller/README.md',
    says: 'Assumed: on',
    measured: { not: 'no statement about AWS' },
  },
  {
    id: 'keys-minute',
    page: 'controller/README.md',
    says: 'a minute is',
    measured: { not: "the report's p95 says how long a write takes, seen from one place" },
  },
  {
    id: 'no-datapoint',
    page: 'controller/README.md',
    says: 'no datapoint means no error',
    measured: { not: WHY.logs },
  },
  {
    id: 'figures-in',
    page: 'controller/README.md',
    says: 'three minutes after its end',
    measured: { not: 'figures of errors would need errors' },
  },
  {
    id: 'lambda-metric-names',
    page: 'controller/README.md',
    says: 'the names, as CloudFront',
    measured: { not: WHY.lambda },
  },
  {
    id: 'slack',
    page: 'policies/README.md',
    says: 'Slack ignores',
    measured: { not: 'no statement about AWS' },
  },
  {
    id: 'session-letters',
    page: 'policies/doctor.md',
    says: '**What is assumed.**',
    measured: { not: WHY.role },
  },
  {
    id: 'half-a-change',
    page: 'policies/moving.md',
    says: 'never has half of a change',
    measured: { not: WHY.onePlace },
  },
  {
    id: 'response-sees-request-moved',
    page: 'policies/moving.md',
    says: "unless CloudFront doesn't show it that header",
    measured: { not: 'measured as response-sees-request' },
  },
  {
    id: 'list-by-prefix',
    page: 'policies/pull-requests.md',
    says: "and publish can't tell that",
    measured: { not: WHY.role },
  },
  {
    id: 'list-by-prefix-role',
    page: 'policies/roles.md',
    says: 'Narrowed by prefix, S3 says 403',
    measured: { not: WHY.role },
  },
];
