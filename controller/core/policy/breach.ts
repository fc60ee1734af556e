import type { Path } from './shape.ts';
import type { Issue } from './issue.ts';
import { issueAt, listEnvironments, type EnvironmentEntry, type Rule } from './written.ts';

/** What one environment breaks: where below it, and what. */
export interface Breach {
  readonly at: Path;
  readonly message: string;
  readonly example: string;
}

/** A rule about each environment alone. */
export function perEnvironment(find: (entry: EnvironmentEntry) => readonly Breach[]): Rule {
  return (policies) =>
    listEnvironments(policies).flatMap((entry) =>
      find(entry).map(({ at, message, example }): Issue =>
        issueAt(entry.source, [...entry.path, ...at], { message, example, environment: entry.id }),
      ),
    );
}
