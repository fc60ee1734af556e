/** What the roles are made of: the policies, and where the stack's own things are. */
import type { Policies } from '../../policy/policy.ts';
import type { PolicyDocument } from '../document.ts';

export interface RoleFacts {
  readonly policies: Policies;
  /** Logical ids in the home stack; undefined: somebody else has made it. */
  readonly ids: {
    distribution(app: string, environment: string): string | undefined;
    keyValueStore(group: string): string | undefined;
  };
}

export type Verb =
  | 'plan'
  | 'release'
  | 'edge-deploy'
  | 'rollback'
  | 'gc'
  | 'preview'
  | 'keys'
  | 'doctor'
  | 'publish'
  | 'pull-request'
  | 'fast-lane'
  | 'forward'
  | 'edge';

export interface Role {
  readonly verb: Verb;
  /** Of the app or edge group that it is for; undefined: for all. */
  readonly of?: string;
  /** In the template. */
  readonly id: string;
  readonly name: string;
  /** With slashes around it. */
  readonly path?: string;
  /** What it is for, as the rest of a sentence: `publishes builds of shop`. */
  readonly purpose: string;
  readonly trust: PolicyDocument;
  readonly policy: PolicyDocument;
  /** GitHub's variable for its ARN, and the repository that needs it. */
  readonly variable?: { readonly name: string; readonly repository: string };
}
