/**
 * Tells the app, by the event `headgate:tab` on `window`, that the build of this page was quarantined or
 * replaced. The app decides when to reload.
 */

const EVERY = 60_000;

interface Told {
  readonly build: string;
  readonly generation: number;
  readonly barred: readonly string[];
  readonly kept: readonly string[];
}

/** Of this page. The edge knows it best right after the page was loaded. */
let own: string | undefined;
let state: string | undefined;
let lookedAt = 0;

async function look(): Promise<void> {
  if (document.hidden || Date.now() - lookedAt < EVERY / 2) return;
  lookedAt = Date.now();
  const response = await fetch('/_headgate/build', { cache: 'no-store' });
  const { build, generation, barred, kept } = (await response.json()) as Told;
  // 0: the edge can't read what is live.
  if (!generation) return;
  const isFirst = own === undefined;
  own ??= build;
  const isReplaced = kept.includes(own) || build !== own;
  const next = barred.includes(own) ? 'quarantined' : isReplaced ? 'replaced' : undefined;
  // What is so from the start (a preview) a reload would not change.
  if (next && next !== state && !isFirst) {
    dispatchEvent(new CustomEvent('headgate:tab', { detail: { state: next, build: own } }));
  }
  state = next;
}

/** Offline, or answered by something else: the next one may be better. */
const tryLook = () => void look().catch(() => {});

tryLook();
setInterval(tryLook, EVERY);
addEventListener('visibilitychange', tryLook);
