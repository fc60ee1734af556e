import type { Statement } from './statement.ts';

/** Of all other pages. */
export const OTHER_STATEMENTS: readonly Statement[] = [
  {
    id: 'server-origin-path',
    page: 'edge/README.md',
    says: 'the origin path is that of the behaviour',
    measured: {
      how: 'the server is S3 itself, which names the bucket it was asked for',
      part: 'edge',
    },
  },
  {
    id: 'log-lines',
    page: 'edge/README.md',
    says: 'writes START and END lines',
    measured: { how: 'a run that prints a line, looked for in the log group', part: 'edge' },
  },
  {
    id: 'response-sees-request-header',
    page: 'edge/README.md',
    says: 'headers that viewer-request set',
    measured: { how: 'as response-sees-request', part: 'edge' },
  },
  {
    id: 'response-sees-request-gate',
    page: 'edge/README.md',
    says: "doesn't see viewer-request",
    measured: { how: 'as response-sees-request', part: 'edge' },
  },
  {
    id: 'backtest',
    page: 'controller/README.md',
    says: "What the past can't tell",
    measured: { not: 'the past: it is gone' },
  },
  {
    id: 'commit-times',
    page: 'controller/README.md',
    says: 'Assumed: on',
    measured: { not: "a branch of GitHub's, not AWS" },
  },
  {
    id: 'keys-minute',
    page: 'controller/README.md',
    says: 'a minute is',
    measured: {
      how: 'the slowest of the writes that are timed, seen from one place',
      part: 'edge',
    },
  },
  {
    id: 'no-datapoint',
    page: 'controller/README.md',
    says: 'no datapoint means no error',
    measured: { how: 'a function that ran and never threw', part: 'edge' },
  },
  {
    id: 'figures-in',
    page: 'controller/README.md',
    says: 'three minutes after its end',
    measured: {
      how: 'a function that ran twice: whether three minutes later both runs are counted',
      part: 'edge',
    },
  },
  {
    id: 'lambda-metric-names',
    page: 'controller/README.md',
    says: 'the names, as CloudFront',
    measured: { how: 'failures of each kind, looked for under these names', part: 'lambda-edge' },
  },
  {
    id: 'slack',
    page: 'policies/README.md',
    says: 'Slack ignores',
    measured: { not: 'Slack, not AWS' },
  },
  {
    id: 'session-letters',
    page: 'policies/doctor.md',
    says: '**What is assumed.**',
    measured: { how: 'tokens of the regional and of the global endpoint', part: 'roles' },
  },
  {
    id: 'simulation',
    page: 'policies/doctor.md',
    says: '**What is assumed.**',
    measured: {
      how: 'what IAM simulates of a role, and what a session of it may do',
      part: 'roles',
    },
  },
  {
    id: 'half-a-change',
    page: 'policies/moving.md',
    says: 'never has half of a change',
    measured: {
      how: 'the scratch distribution gets another function and another origin in one change: answers with one of them alone, from one place',
      part: 'edge',
    },
  },
  {
    id: 'response-sees-request-moved',
    page: 'policies/moving.md',
    says: "unless CloudFront doesn't show it that header",
    measured: { how: 'as response-sees-request', part: 'edge' },
  },
  {
    id: 'list-by-prefix',
    page: 'policies/pull-requests.md',
    says: "and publish can't tell that",
    measured: { how: 'measured as list-without-prefix', part: 'roles' },
  },
  {
    id: 'list-by-prefix-role',
    page: 'policies/roles.md',
    says: 'Narrowed by prefix, S3 says 403',
    measured: { how: 'measured as list-without-prefix', part: 'roles' },
  },
];
