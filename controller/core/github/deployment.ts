/** GitHub's deployments in our words. */

export type DeploymentState = 'queued' | 'in_progress' | 'success' | 'failure' | 'inactive';

export interface DeploymentStatus {
  readonly state: DeploymentState;
  /** At most 140 characters are kept. */
  readonly description: string;
}

/** Tells deployments of one build apart: the same build may be rolled out again. */
export interface DeploymentPayload {
  readonly app: string;
  readonly environment: string;
  readonly build: string;
  readonly digest: string;
  /** When its rollout began, ISO 8601; `queued`: it had not begun when this was made. */
  readonly rollout: string;
}

export interface Deployment {
  /** Grows with every new one. */
  readonly id: number;
  /** `app/environment`. */
  readonly environment: string;
  /** What we stored with it; of somebody else's deployments undefined. */
  readonly payload: DeploymentPayload | undefined;
}
