import type { Field } from './fields.ts';

/** The visitor's slot, for a year. */
export const SLOT_COOKIE = 'hg_slot';
/** The build of the page, for the session: its other files follow it. */
export const PAGE_COOKIE = 'hg_build';
/** The build of the session in progress, and when its last page was shown. */
export const SESSION_COOKIE = 'hg_session';
/** The build this browser previews, for the session. */
export const PREVIEW_COOKIE = 'hg_preview';

/** Not for scripts, until the browser is closed; `Max-Age` may follow. */
export const HIDDEN = '; HttpOnly';
export const FOR_A_YEAR = '; HttpOnly; Max-Age=31536000';

export function makeCookie(value: string, attributes: string): Field {
  return { value, attributes: 'Path=/; Secure; SameSite=Lax' + attributes };
}
