/** Rules for smoke checks: what they ask for must be there to be seen. */
import { isProtected } from '../../../edge/core/protected-path.ts';
import { normalisePath } from '../../../edge/core/rewrite.ts';
import { perEnvironment, type Breach } from './breach.ts';
import type { EnvironmentEntry, Rule } from './written.ts';

export const SMOKE_RULES: readonly Rule[] = [checksNeedPreviews, checksPassGates].map(
  perEnvironment,
);

function checksNeedPreviews({
  written: { release, preview },
}: EnvironmentEntry): readonly Breach[] {
  if (release.smoke.length === 0 || preview.access !== 'off') return [];
  const message = 'smoke: the checks go through a preview of the build, and preview.access is off';
  return [{ at: ['release', 'smoke'], message, example: 'preview: { access: signed }' }];
}

/** They would be shown the waiting page. */
function checksPassGates({ written: { release, gate } }: EnvironmentEntry): readonly Breach[] {
  if (gate === undefined || gate.priority !== undefined) return [];
  const except = [...gate.exclude, ...gate.bypass.flatMap(({ path }) => path ?? [])];
  const shown = { paths: gate.protect, except };
  return release.smoke.flatMap(({ path }, index) => {
    const plain = normalisePath(path.replace(/\?.*$/, ''));
    if (plain === undefined || !isProtected(shown, plain)) return [];
    const message = `smoke[${index}]: ${path} is behind the gate, which lets no check pass without \`priority\``;
    const example = 'priority: { cookie: shop_priority }';
    return [{ at: ['release', 'smoke', index, 'path'], message, example }];
  });
}
