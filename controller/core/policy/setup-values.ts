/** The values of `setup`: how each is written, and what a message says of it. */
import { text } from './text.ts';

// The longest name that is made of it, `<stack>-pull-request-<app>`, is a role's: 64 characters.
export const stackName = text(
  /^[a-z][a-z0-9-]{0,14}[a-z0-9]$/,
  'a name of a stack (2 to 16 of a-z, 0-9, "-"; a letter first, no "-" last)',
  'headgate',
);

// With ids, as the subjects of newer repositories have them: `acme@123456/releases@456789`.
export const repository = text(
  /^[A-Za-z0-9][A-Za-z0-9-]{0,38}(@\d{1,12})?\/[A-Za-z0-9._-]{1,100}(@\d{1,12})?$/,
  'a GitHub repository with its owner, or both with their ids',
  'acme/releases',
);

export const branch = text(
  /^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/,
  'a branch (1 to 100 of letters, digits, ".", "_", "/", "-")',
  'main',
);

export const githubEnvironment = text(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
  'a GitHub environment (1 to 100 of letters, digits, ".", "_", "-")',
  'headgate',
);

export const certifiedName = text(
  /^(\*|(?!edge\/)[a-z0-9][a-z0-9-]{0,31}\/[a-z0-9][a-z0-9-]{0,31})$/,
  'the name of an environment with its app before it, or "*" for all others',
  'shop/prod',
);

// CloudFront takes certificates of us-east-1 only.
export const certificateArn = text(
  /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[A-Za-z0-9-]{1,64}$/,
  'the ARN of an ACM certificate in us-east-1',
  'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
);

// EventBridge wants the unit in the singular for 1, and for no other.
export const schedule = text(
  /^rate\((1 (minute|hour)|([2-9]|[1-9]\d{1,3}) (minutes|hours))\)$/,
  'a rate of EventBridge such as rate(1 minute) or rate(5 minutes)',
  'rate(1 minute)',
);

export const appId = text(/^\d{1,12}$/, 'the id of a GitHub App in quotes', '12345');

// Not below /headgate/<app>/: roles of its app may read there.
export const appKey = text(
  /^ssm:\/(?!headgate\/)[A-Za-z0-9_./-]{1,200}$/,
  'ssm: and the name of an SSM parameter (not below /headgate/)',
  'ssm:/headgate-github-key',
);

export const namespace = text(
  /^(?!:)[\w.\-/#: ]{1,255}$/,
  'a namespace of CloudWatch',
  'Storefront',
);

export const metricName = text(
  /^[A-Za-z0-9_.%/: -]{1,255}$/,
  'the name of a metric',
  'CheckoutErrors',
);

export const dimensionName = text(
  /^(?!:)[A-Za-z0-9_.\-/# ]{1,255}$/,
  'the name of a dimension',
  'Service',
);

export const dimensionValue = text(/^[!-~]([ -~]{0,253}[!-~])?$/, 'its value in ASCII', 'checkout');

// CloudWatch takes 10 s, 30 s and whole minutes.
export const period = text(
  /^(10s|30s|([1-9]|[1-5]\d|60)m|1h)$/,
  'a period of CloudWatch (10s, 30s, or 1m to 60m)',
  '1m',
);
