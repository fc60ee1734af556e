import type { Decision } from '../../core/iam/evaluate.ts';
import type { Permission } from './name-request/permission.ts';

/** One permission that a request needed: a request that needs several is told as several. */
export interface RecordedCall extends Permission {
  readonly requestId: string;
  /** The name it was signed for: `cloudfront-keyvaluestore`. */
  readonly service: string;
  /** The operation's name in the SDK: `CopyObject`. */
  readonly operation: string;
  /** ARN of who asked. */
  readonly principal: string;
  /** The administrator is allowed everything. */
  readonly decision: Decision;
}
