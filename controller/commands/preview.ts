import { EXIT, RefusedError, UsageError, type ExitCode } from '../core/errors.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { findQuarantine } from '../core/state/quarantine.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { findSubject } from './find-subject.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';
import { readLifetime, signFor } from './keys/sign.ts';

export const preview: Command = {
  name: 'preview',
  summary: 'A link that shows one browser another build',
  help: `headgate preview <app> <environment> <build> [--ttl <duration>]
                 [--policies <dir>] [--json]

Prints a link to the first host of the environment. Whoever opens it sees the
build on every page there, until the browser closes or they open
?override_build_number=off. With \`preview: { access: signed }\` the link carries
a token for this app, environment and build, and stops working when it expires.

  headgate preview shop prod 1043 --ttl 2h

  --ttl <duration>   of a signed link (default, and at most: the policy's)
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             the link, its host, access and expiry

Exit codes: 0 printed, 2 the policy or the arguments are wrong, the build is
not published or there are no keys, 3 an open preview of a quarantined build.`,
  options: {
    ttl: { type: 'string' },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  run: runPreview,
};

async function runPreview({ positionals, values }: Arguments, context: Context): Promise<ExitCode> {
  const [app = '', environment = '', build = '', ...rest] = positionals;
  if (build === '' || rest.length > 0) {
    throw new UsageError(
      'preview needs an app, an environment and a build.',
      'For example: headgate preview shop prod 1043',
    );
  }
  const { policies } = await loadPolicies(context.files, String(values['policies']));
  const subject = findSubject(policies, [app, environment], 'preview');
  await checkBuild(subject, build, context);
  const { access } = subject.environment.preview;
  const [host = ''] = subject.environment.hosts;
  const signed = access === 'signed' ? await sign(subject, build, { values, context }) : undefined;
  const url = `https://${host}/?override_build_number=${signed?.token ?? build}`;
  const result = { url, host, build, access, ...(signed && { expires: signed.expires }) };
  context.terminal.print(values['json'] === true ? JSON.stringify(result) : url);
  if (signed) context.terminal.note(`Valid until ${signed.expires}.`);
  return EXIT.done;
}

async function checkBuild(
  { app, environment }: EnvironmentSubject,
  build: string,
  context: Context,
): Promise<void> {
  const { access } = environment.preview;
  const name = `${app.app}/${environment.name}`;
  if (access === 'off') {
    throw new UsageError(
      `The policy of ${name} allows no previews (preview: access: off).`,
      'Say `access: signed` there and reconcile.',
    );
  }
  const published = await context.builds(app).readManifest(app.app, build);
  if (published === undefined) {
    throw new UsageError(
      `Build ${build} of ${app.app} is not published in bucket ${app.bucket}.`,
      `\`headgate build list --bucket ${app.bucket} --app ${app.app}\` lists those that are.`,
    );
  }
  if (access === 'signed') return;
  const stored = await context.records(app).read(app.app, environment.name);
  const entry = findQuarantine(stored?.record.quarantine ?? [], {
    build,
    digest: published.digest,
  });
  if (entry === undefined) return;
  throw new RefusedError(
    `Build ${build} is quarantined in ${name} (${entry.reason}), and open previews don't show those.`,
    'A signed preview may: say `access: signed` in the policy and reconcile.',
  );
}

async function sign(
  subject: EnvironmentSubject,
  build: string,
  { values, context }: { readonly values: Arguments['values']; readonly context: Context },
): Promise<{ readonly token: string; readonly expires: string }> {
  const { ttlSeconds } = subject.environment.preview;
  const lifetime = readLifetime(values['ttl'], {
    usual: ttlSeconds,
    limit: ttlSeconds,
    why: "it is the policy's `preview: ttl`",
  });
  const expiry = Math.floor(context.clock.now().getTime() / 1000 + lifetime);
  const token = await signFor(subject, { kind: 'p', fields: [build], expiry }, context);
  return { token, expires: new Date(expiry * 1000).toISOString() };
}
