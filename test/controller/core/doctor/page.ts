import { CATALOGUE } from '../../../../controller/core/doctor/catalogue.ts';

/** The tables of policies/doctor.md, from the catalogue. */
export function renderTables(): string {
  return Object.entries(CATALOGUE)
    .map(([theme, entries]) => {
      const rows = Object.entries(entries).map(
        ([id, { severity, means }]) => `| \`${id}\` | ${severity} | ${means} |`,
      );
      return [
        `### ${theme}`,
        '',
        '| id | gravity | what it means |',
        '| --- | --- | --- |',
        ...rows,
      ].join('\n');
    })
    .join('\n\n');
}
