/** Rules for where builds must come from. */
import { perEnvironment, type Breach } from './breach.ts';
import type { EnvironmentEntry, Rule } from './written.ts';

export const PROVENANCE_RULES: readonly Rule[] = [perEnvironment(requiredOfSomebody)];

function requiredOfSomebody({ app, written }: EnvironmentEntry): readonly Breach[] {
  if (written.require === undefined || app.provenance !== undefined) return [];
  const message =
    'require: "provenance" is missing at the top of the file: nobody may attest builds';
  const example = 'provenance: { repository: acme/shop, workflow: .github/workflows/publish.yml }';
  return [{ at: ['require'], message, example }];
}
