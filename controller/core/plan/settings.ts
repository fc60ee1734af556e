import type { AppPolicy } from '../policy/policy.ts';
import type { PublishSettings } from '../state/manifest.ts';
import { sealPlan, type Plan } from './plan.ts';

/** The publishing settings that a policy asks for. */
export function settingsOf(app: AppPolicy): PublishSettings {
  const { spa, pool, root } = app;
  const { include, exclude } = pool;
  return { spa, pool: { include, exclude }, ...(root !== undefined && { root }) };
}

function sameSettings(a: PublishSettings, b: PublishSettings): boolean {
  return (
    a.spa === b.spa &&
    a.root === b.root &&
    a.pool.include.join('\n') === b.pool.include.join('\n') &&
    a.pool.exclude.join('\n') === b.pool.exclude.join('\n')
  );
}

/** Settings are written before a build is published with them, so they don't wait for one. */
export function planSettings(app: AppPolicy, stored: PublishSettings | undefined): Plan {
  const settings = settingsOf(app);
  const same = stored !== undefined && sameSettings(stored, settings);
  const place = { bucket: app.bucket, region: app.region };
  return sealPlan({
    subject: { kind: 'app', app: app.app },
    direction: same ? 'none' : 'forward',
    base: 0,
    why: same
      ? 'Publishing settings are as the policy says.'
      : 'Publishing settings follow the policy.',
    from: stored === undefined ? 'no settings' : describe(stored),
    to: describe(settings),
    changes: same ? [] : [{ kind: 'write-settings', app: app.app, place, settings }],
    evidence: [],
    notes: [],
    refusals: [],
  });
}

function describe(settings: PublishSettings): string {
  const { root } = settings;
  const place = root === undefined ? '' : `, builds below /${root}`;
  const { include, exclude } = settings.pool;
  const without = exclude.length > 0 ? ` without ${exclude.join(', ')}` : '';
  return `${settings.spa ? 'spa' : 'pages'}, pool ${include.join(', ') || 'none'}${without}${place}`;
}
