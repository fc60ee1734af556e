import type { AppPolicy } from '../policy/policy.ts';
import type { PublishSettings } from '../state/manifest.ts';
import { orderSettings, renderSettings } from '../publish/settings-text.ts';
import { sealPlan, type Plan } from './plan.ts';

/** The publishing settings that a policy asks for. */
export function settingsOf(app: AppPolicy): PublishSettings {
  const { spa, pool, layout, root, headers, sourceMaps } = app;
  return orderSettings({ spa, pool, layout, root, headers, sourceMaps });
}

/** Settings are written before a build is published with them, so they don't wait for one. */
export function planSettings(app: AppPolicy, stored: PublishSettings | undefined): Plan {
  const settings = settingsOf(app);
  const same = stored !== undefined && renderSettings(stored) === renderSettings(settings);
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
  const { layout, root, headers = [], sourceMaps } = settings;
  const place = root === undefined ? '' : `, builds below /${root}`;
  const { include, exclude } = settings.pool;
  const without = exclude.length > 0 ? ` without ${exclude.join(', ')}` : '';
  const own =
    headers.length === 0 ? '' : `, headers of ${headers.map(({ files }) => files).join(', ')}`;
  const maps = sourceMaps === 'public' ? ', source maps public' : '';
  const pool = include.join(', ') || 'none';
  const trees = layout === 'tree' ? ', each build a complete tree' : '';
  return `${settings.spa ? 'spa' : 'pages'}, pool ${pool}${without}${trees}${place}${own}${maps}`;
}
