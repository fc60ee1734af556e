/** What a policy file may say of where builds must come from. */
import { map } from './fields.ts';
import { text } from './text.ts';

const repository = text(
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
  'a repository of GitHub (owner/name)',
  'acme/shop',
);

// Of another repository with its name before it, and a ref or commit behind it if only that is meant.
const workflow = text(
  /^(?:[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}\/)?\.github\/workflows\/[A-Za-z0-9._-]{1,100}\.ya?ml(?:@[A-Za-z0-9._/-]{1,200})?$/,
  'the path of a workflow (.github/workflows/<name>.yml, owner/name/ before it if it is in another repository)',
  '.github/workflows/publish.yml',
);

const ref = text(
  /^refs\/(heads|tags)\/[!-~]{1,200}$/,
  'a whole ref (refs/heads/<branch>)',
  'refs/heads/main',
);

const issuer = text(
  /^https:\/\/[a-z0-9.-]+(\/[A-Za-z0-9._-]+)*$/,
  'an https URL without a slash at its end',
  'https://token.actions.githubusercontent.com',
);

const rootFile = text(
  /^\.(\/(?!\.)[A-Za-z0-9._-]+)+\.jsonl?$/,
  'a JSON file beside this one or below (starts with "./", ends with ".jsonl" or ".json", no "..")',
  './trusted-root.jsonl',
);

export const provenance = map('Which workflow on GitHub attests the builds of this app.', {
  repository: repository.describe(
    'Whose runs. A fork is another one. Written as GitHub writes it.',
  ),
  workflow: workflow.describe(
    'Which workflow attests them: the one that has the step, called by others or not.',
  ),
  ref: ref.describe('For which ref the runs are.').default('refs/heads/main'),
  issuer: issuer
    .describe(
      "Who vouches for the run: GitHub's tokens, or those of an enterprise that has its own.",
    )
    .default('https://token.actions.githubusercontent.com'),
  trustedRoot: rootFile
    .describe(
      'What `gh attestation trusted-root` printed: whose certificates and logs are believed.',
    )
    .default('./trusted-root.jsonl'),
});
