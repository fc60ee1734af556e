import { planAdopt } from '../core/adopt/plan.ts';
import { renderApp, renderEdge } from '../core/adopt/policy-text.ts';
import { renderAdopt, renderOpen } from '../core/adopt/report.ts';
import { EXIT, type ExitCode } from '../core/errors.ts';
import type { Context } from '../ports/context.ts';
import { readSetup } from './adopt/read-setup.ts';
import { readSaid } from './adopt/said.ts';
import { writePolicies } from './adopt/write-policies.ts';
import type { Arguments, Command } from './command.ts';
import { POLICIES_DIRECTORY } from './load-policies.ts';

export const adopt: Command = {
  name: 'adopt',
  summary: 'Take over a live distribution: its policy, and the way there',
  help: `headgate adopt --distribution <id> --app <app> [--environment <name>]
               [--group <name>] [--active-build-parameter <name>]
               [--build <number> | --flat] [--spa yes|no] [--replaces <names>]
               [--keeps <names>] [--cookies <build>,<override>|none]
               [--hosts <hosts>] [--region <region>] [--role <arn>]
               [--out <dir> [--force]] [--json]

Reads a distribution on S3 and its bucket, asks its first host for /, and prints
the policy that describes what visitors get today, and the steps from there to
Headgate: what each changes, why nobody notices, how to take it back. It changes
nothing in AWS. What only a person knows it asks for; nothing is guessed.

It knows buckets with a folder per build (1040/, 1041/), at the top or below the
origin path, and sites without builds, which become the first one.

  --distribution <id>   of CloudFront
  --environment <name>  of the policy (default: prod)
  --group <name>        of edge.yaml (default: prod)
  --active-build-parameter <name>  SSM parameter that names the active build
  --build <number>      what visitors get, where no parameter says so
  --flat                folders of the bucket are pages of one site, no builds
  --replaces <names>    functions (CloudFront, Lambda@Edge) whose place
                        Headgate's take: those that choose builds
  --keeps <names>       functions at origin events that leave the path alone
  --spa yes|no          whether pages that name no file get /index.html, where
                        only a function knows
  --cookies <names>     the cookies that name a page's build and mark an
                        override, where they are called otherwise
  --hosts <names>       every host that visitors use (default: the alternate
                        domain names; behind a wildcard only a person knows)
  --region <region>     of the bucket, where the origin doesn't say
  --role <arn>          the group is to run Lambda@Edge with this role
  --out <dir>           writes <app>.yaml and the group into edge.yaml there
  --force               even if <app>.yaml is there
  --json                what was found, as JSON

HEADGATE_EDGE_ENDPOINT sends the request elsewhere, as for \`status --probe\`.

Exit codes: 0 described, 2 something is to be answered, or the arguments are
wrong, 3 it would be unsafe.`,
  options: {
    distribution: { type: 'string' },
    app: { type: 'string' },
    environment: { type: 'string', default: 'prod' },
    group: { type: 'string', default: 'prod' },
    'active-build-parameter': { type: 'string' },
    build: { type: 'string' },
    flat: { type: 'boolean', default: false },
    spa: { type: 'string' },
    replaces: { type: 'string' },
    keeps: { type: 'string' },
    cookies: { type: 'string' },
    hosts: { type: 'string' },
    region: { type: 'string' },
    role: { type: 'string' },
    out: { type: 'string' },
    force: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
  run: runAdopt,
};

async function runAdopt({ values }: Arguments, context: Context): Promise<ExitCode> {
  const { terminal, files } = context;
  const facts = await readSetup(readSaid(values), context);
  const plan = planAdopt(facts);
  if (!('facts' in plan)) {
    terminal.note(renderOpen(plan));
    return plan.some(({ kind }) => kind === 'refusal') ? EXIT.unsafe : EXIT.usage;
  }
  const directory = String(values['out'] ?? POLICIES_DIRECTORY);
  const edge = renderEdge(plan, await files.readText(`${directory}/edge.yaml`));
  const written = { app: renderApp(plan), edge };
  if (values['out'] !== undefined) {
    await writePolicies(plan, { directory, isForced: values['force'] === true, written }, files);
  }
  if (values['json'] === true) {
    terminal.print(JSON.stringify({ ...plan, policy: written }, undefined, 2));
    return EXIT.done;
  }
  terminal.print(renderAdopt(plan, { directory, hasGroup: edge === undefined }));
  if (values['out'] !== undefined) {
    terminal.note(
      `Written: ${directory}/${facts.app}.yaml${edge === undefined ? '' : `, ${directory}/edge.yaml`}.`,
    );
    return EXIT.done;
  }
  const texts = [
    ...(edge === undefined ? [] : [`# ${directory}/edge.yaml\n${edge}`]),
    `# ${directory}/${facts.app}.yaml\n${written.app}`,
  ];
  terminal.print(`\nThe policy (--out ${directory} writes it):\n\n${texts.join('\n')}`);
  return EXIT.done;
}
