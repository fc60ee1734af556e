/**
 * Tells the edge what a page met: each kind once, at once. Inline and first in `<head>`, so that nothing
 * comes before it; it must never throw, nor report itself.
 */

/** See `LineKind` in edge/contract/visitor-line.ts. */
type Kind = 'o' | 'e' | 'r' | 'c';

/** How often a blank page is looked at again, each second. */
const LOOKS = 30;
/** How bundlers and browsers say that a part of the app did not load. */
const CHUNK = /module|[Cc]hunk|preload CSS/;
/** Elements that show something without a text; one with a hyphen draws itself. */
const SHOWN = /^(img|svg|canvas|video|iframe|input)$|-/;

// As it is now: what wraps it later may throw, and would see our requests.
const { fetch, document: page } = window;
/** The kinds that were sent. */
let sent = '';
let isLeft = false;

function report(kind: Kind): void {
  if (isLeft || sent.includes(kind)) return;
  sent += kind;
  // Another query each time, for service workers that keep every answer.
  const url = `/_headgate/errors?k=${kind}&${Date.now()}`;
  // A policy of the page may allow only one of both.
  fetch(url, { keepalive: true }).catch(() => {
    new Image().src = url;
  });
}

function fail(kind: Kind, text: string): void {
  report(CHUNK.test(text) ? 'c' : kind);
}

/** Whether there is anything to see. Nobody draws in a tab that is hidden. */
function isShown(): boolean {
  return (
    page.hidden ||
    /\S/.test(page.body.innerText) ||
    [...page.querySelectorAll('body *')].some(
      (one) =>
        one.shadowRoot || (SHOWN.test(one.localName) && one.getBoundingClientRect().width > 1),
    )
  );
}

function look(left: number): void {
  // An `o` behind a failure would change nothing.
  if (sent) return;
  if (isShown()) report('o');
  else if (left) setTimeout(look, 1000, left - 1);
}

/** Whatever pages throw and reject with: nothing of it may make this throw. Captured: what did not load doesn't bubble. */
function on<Type extends keyof WindowEventMap>(
  type: Type,
  listener: (event: WindowEventMap[Type]) => void,
): void {
  addEventListener(
    type,
    (event) => {
      try {
        listener(event);
      } catch {
        // Nothing that could be told from here.
      }
    },
    true,
  );
}

on('error', ({ target, message, filename }) => {
  const { rel, src, href, tagName } = target as HTMLLinkElement & HTMLScriptElement;
  if (target === window) {
    // Of other sites' scripts nothing is known, extensions aren't ours, and the observer's does no harm.
    if (!/^Script error|ResizeObserver|extension:/.test(message + filename)) fail('e', message);
  } else if (
    /SCRIPT|stylesheet|modulepreload/.test(tagName + rel) &&
    // Blockers keep away other sites' files, in every build.
    !(src || href).indexOf(location.origin)
  ) {
    report('c');
  }
});
on('unhandledrejection', ({ reason }) => {
  const { name, message } = reason || '';
  if (name !== 'AbortError') fail('r', name + message);
});
on('load', () => setTimeout(look, 1000, LOOKS));
// Left before the quiet second was over: what breaks from here on is what was under way.
on('pagehide', () => {
  look(0);
  isLeft = true;
});
on('pageshow', () => (isLeft = false));
