/** What a policy says of who hears when something ended. */
import { map } from './fields.ts';
import { text } from './text.ts';

// Plain HTTP only to this machine: the body says what is released, and by whom.
const url = text(
  /^((https:\/\/[a-z0-9.-]{1,253}|http:\/\/(localhost|127\.0\.0\.1))(:\d{1,5})?(\/[!-~]{0,500})?|ssm:(\/[\w.-]{1,100}){1,15})$/,
  'a URL that starts with https://, or ssm: and the name of an SSM parameter that has it',
  'https://hooks.example.com/releases',
);

const parameter = text(
  /^(\/[\w.-]{1,100}){1,15}$/,
  'the name of an SSM parameter, with a slash first',
  '/headgate/shop/prod/webhook',
);

export const notify = map(
  'Who hears when a release, rollout, rollback or hold ended: a POST of JSON, with the `text` that Slack shows.',
  {
    url: url.describe(
      'Where to. One that is a secret itself, as those of Slack, lies in an SSM SecureString: ssm:/headgate/shop/prod/webhook-url.',
    ),
    secretParameter: parameter
      .describe("SSM SecureString in the app's region that signs it. Left out: unsigned.")
      .optional(),
  },
);
