/** What a policy says of the guard, and of who hears of it: parsed, checked, every default filled in. */

export interface GuardPolicy {
  readonly alarms: readonly AlarmName[];
  /** What missing evidence (no data, unreadable or missing alarm) means while a rollout is on. */
  readonly noData: 'hold' | 'pass' | 'rollback';
  /** So many of the alarms must have been in ALARM for a rollback; 1: any. */
  readonly needed: number;
  /** How long all must have been OK before anything moves forward. */
  readonly coolDownSeconds: number;
  /** How long a step or bake that is over waits for evidence before it rolls back. */
  readonly deadlineSeconds: number;
  readonly breaker: BreakerPolicy;
  /** Errors that visitors' browsers report. Absent: they are not asked. */
  readonly beacon?: BeaconPolicy;
}

/** What anybody can forge alone holds a rollout; `rollback` is for who accepts that risk. */
export interface BeaconPolicy {
  readonly act: 'hold' | 'rollback';
}

/** A webhook, signed with a secret that lies in SSM. */
export interface NotifyPolicy {
  /** `ssm:<name>`: the SecureString of that name in the app's region has it. */
  readonly url: string;
  /** Name of the SecureString in the app's region. Absent: unsigned. */
  readonly secretParameter?: string;
}

/** Stops rollouts after too many rollbacks within a day. */
export interface BreakerPolicy {
  /** 0: never. */
  readonly rollbacks: number;
  readonly lift?: {
    /** Generation of the last rollback that tripped it. */
    readonly rollback: number;
    readonly reason: string;
  };
}

export interface AlarmName {
  readonly name: string;
  readonly region: string;
}

export interface QuarantineLift {
  /** The build number whose quarantine is lifted. */
  readonly lift: string;
  /** The generation of the rollback that barred it. */
  readonly rollback: number;
  readonly reason: string;
}
