import { ENTRIES, type FindingId, type Severity } from './catalogue.ts';

/** One thing that is wrong, or worth knowing. */
export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  /** `shop/prod`, `bucket acme-web-builds`, `group prod`. */
  readonly subject: string;
  readonly what: string;
  /** What was seen, where that says more. */
  readonly evidence?: string;
  /** The command or the setting that mends it. */
  readonly fix: string;
}

/** A finding; how grave it is stands in the catalogue. */
export function found(id: FindingId, about: Omit<Finding, 'id' | 'severity'>): Finding {
  return { id, severity: ENTRIES.get(id)?.severity ?? 'unsafe', ...about };
}

/** The same as a list: empty where nothing is wrong. */
export function foundIf(
  isWrong: boolean,
  id: FindingId,
  about: Omit<Finding, 'id' | 'severity'>,
): readonly Finding[] {
  return isWrong ? [found(id, about)] : [];
}

/**
 * What was read: one value, or none where it couldn't be read. What that was and why is among the
 * facts' `unread`, so that no check passes in silence.
 */
export type Read<T> = readonly [T] | readonly [];
