/** Values of what an earlier set-up left behind. */
import { text } from './text.ts';

// Not where edge code, or builds of pull requests, lie.
export const root = text(
  /^(?!edge\/|(.*\/)?untrusted\/)([A-Za-z0-9][A-Za-z0-9._-]{0,63}\/){0,5}$/,
  "'' (the top of the bucket) or folders that end with a slash (no slash first, not edge/ or untrusted/)",
  '',
);

// SSM keeps the names that start with aws and ssm for itself, and ours are written anyway.
export const parameterName = text(
  /^(?=.{1,512}$)(?!\/?(aws|ssm|headgate(\/|$)))([A-Za-z0-9_.-]+|(\/[A-Za-z0-9_.-]+){1,15})$/i,
  'the name of an SSM parameter (letters, digits, ".", "_", "-", "/"; one with a "/" starts with it; not /aws..., /ssm... or below /headgate)',
  '/shop/active-build',
);

export const functionName = text(
  /^(?!headgate-)[A-Za-z0-9_-]{1,64}$/,
  'a function name (1 to 64 of letters, digits, "_", "-"; no ARN, not headgate-...)',
  'versioned-deployment',
);

export const originPath = text(
  /^(\/[A-Za-z0-9][A-Za-z0-9._-]{0,63}){1,6}$/,
  'an origin path (a slash first, none at its end)',
  '/site',
);
