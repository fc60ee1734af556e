import type { Theme } from './catalogue.ts';
import { themeOf } from './check.ts';
import type { Finding } from './finding.ts';

const TITLES: Readonly<Record<Theme, string>> = {
  credentials: 'Credentials',
  trust: 'Who trusts whom',
  bucket: 'Buckets',
  distribution: 'Distributions and functions',
  caching: 'Caches and errors',
  release: 'Releases and rollbacks',
  parameters: 'Parameters',
  alarms: 'Alarms and the fast lane',
  quotas: 'Quotas',
};

const BY_HAND =
  'bootstrap --deploy makes what the policies ask for anew. CloudFormation does not notice what was changed or deleted\n' +
  'by hand since it made it: put that back by hand, too.';

/** Grouped by theme, each finding with its fix; the last line counts. */
export function renderFindings(findings: readonly Finding[]): string {
  const themes = [...new Set(findings.map(themeOf))];
  const groups = themes.map((theme) =>
    [TITLES[theme], ...findings.filter((one) => themeOf(one) === theme).map(renderOne)].join('\n'),
  );
  const hints = findings.some(({ fix }) => fix.includes('bootstrap --deploy')) ? [BY_HAND] : [];
  return [...groups, ...hints, summarise(findings)].join('\n\n');
}

function renderOne({ id, severity, subject, what, evidence, fix }: Finding): string {
  const lines = [
    `  ${severity.padEnd(7)}  ${subject}: ${what}  [${id}]`,
    ...(evidence === undefined ? [] : [`           seen: ${evidence}`]),
    `           fix: ${fix}`,
  ];
  return lines.join('\n');
}

function summarise(findings: readonly Finding[]): string {
  const count = (severity: Finding['severity']) =>
    findings.filter((one) => one.severity === severity).length;
  if (findings.length === 0) return 'healthy: nothing found';
  const parts = [
    `${count('unsafe')} unsafe`,
    `${count('warning')} to look at`,
    `${count('note')} to know`,
  ];
  const isAllRead = findings.every(
    ({ id }) => id !== 'unreadable' && id !== 'bucket-policy-unclear',
  );
  const verdict =
    count('unsafe') > 0
      ? 'releases are unsafe until what is unsafe is mended'
      : isAllRead
        ? 'releases are safe'
        : 'nothing unsafe was found, but not everything could be judged';
  return `${parts.join(', ')}: ${verdict}`;
}
