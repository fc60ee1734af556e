/** What of the probe can be asked for by itself. */
export type PartName = UsualPart | 'roles' | 'session-end' | 'alarms' | 'rules' | MorePart;
type UsualPart = 'basics' | 'edge' | 'logs';
type MorePart = 'lambda' | 'stacks' | 'table' | 'lambda-edge';

export interface Part {
  readonly name: PartName;
  /** It is measured without being asked for: it needs no right that is dangerous, and little money. */
  readonly isUsual: boolean;
  /** All named `headgate-probe-...`. */
  readonly makes: string;
  /** Beyond `sts:GetCallerIdentity`. */
  readonly rights: readonly string[];
  /** At AWS, as far as anybody can say who never ran it there. All parts run side by side. */
  readonly minutes: number;
  /** At most. */
  readonly dollars: number;
}

/** How all begins that the probe makes; the moment of the run follows. */
export const PROBE_NAME = 'headgate-probe-';
