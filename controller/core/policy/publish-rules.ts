/** Rules for how builds are published. */
import type { Issue } from './issue.ts';
import { issueAt, listApps, type Rule } from './written.ts';

export const PUBLISH_RULES: readonly Rule[] = [headersSaySomething];

function headersSaySomething(policies: Parameters<Rule>[0]): readonly Issue[] {
  return listApps(policies).flatMap(({ source, written }) =>
    written.headers.flatMap(({ files, cache, type }, index) => {
      if (cache !== undefined || type !== undefined) return [];
      const message = `headers[${index}]: ${files} gets no header; write cache, type or both`;
      const example = `headers: [{ files: ${files}, cache: immutable }]`;
      return [issueAt(source, ['headers', index], { message, example })];
    }),
  );
}
