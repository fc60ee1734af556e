import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import type { GatePolicy } from '../core/policy/policy.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { PRIORITY_SECONDS_LIMIT } from '../core/tokens/lifetime.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { findSubject } from './find-subject.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';
import { signFor } from '../read/sign-token.ts';
import { readLifetime } from './keys/lifetime.ts';

/** What a token's field can hold. */
const PERSON = /^[A-Za-z0-9._-]{1,64}$/;
const USUAL_SECONDS = 7 * 86_400;

export const priority: Command = {
  name: 'priority',
  summary: 'A cookie that lets one person pass the gate',
  help: `headgate priority <app> <environment> <person> [--ttl <duration>]
                  [--policies <dir>] [--json]

Prints the cookie to set in that person's browser, as the value of a Set-Cookie
header: your own sign-in sends it. It passes the gate until it expires, or until
\`gate: priority: since\` in the policy is raised, which revokes all of them.

  headgate priority shop prod member-4711 --ttl 1d

  <person>           your id of that person: letters, digits, ".", "_", "-"; it
                     can be read in the cookie, so no name and no address
  --ttl <duration>   how long it lives (default: 7d, at most 30d)
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             the cookie's name, value, attributes and expiry

Exit codes: 0 printed, 2 the policy or the arguments are wrong, or there are no
keys.`,
  options: {
    ttl: { type: 'string' },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  run: runPriority,
};

async function runPriority(
  { positionals, values }: Arguments,
  context: Context,
): Promise<ExitCode> {
  const [app = '', environment = '', person = '', ...rest] = positionals;
  if (!PERSON.test(person) || rest.length > 0) {
    throw new UsageError(
      'priority needs an app, an environment and the id of a person (1 to 64 of letters, digits, ".", "_", "-").',
      'For example: headgate priority shop prod member-4711',
    );
  }
  const { policies } = await loadPolicies(context.files, String(values['policies']));
  const subject = findSubject(policies, [app, environment], 'priority');
  const { cookie, since } = findPriority(subject);
  const lifetime = readLifetime(values['ttl'], {
    usual: USUAL_SECONDS,
    limit: PRIORITY_SECONDS_LIMIT,
    why: 'a key can only be retired when everything it signed has expired',
  });
  const expiry = Math.floor(context.clock.now().getTime() / 1000 + lifetime);
  const token = { kind: 'v', fields: [String(since), person], expiry } as const;
  const value = await signFor(subject, token, context);
  const attributes = `Path=/; Secure; SameSite=Lax; HttpOnly; Max-Age=${Math.floor(lifetime)}`;
  const ends = new Date(expiry * 1000).toISOString();
  context.terminal.print(
    values['json'] === true
      ? JSON.stringify({ cookie, value, attributes, person, generation: since, expires: ends })
      : `${cookie}=${value}; ${attributes}`,
  );
  context.terminal.note(`Valid until ${ends}.`);
  return EXIT.done;
}

function findPriority({
  app,
  environment,
}: EnvironmentSubject): NonNullable<GatePolicy['priority']> {
  const found = environment.gate?.priority;
  if (found !== undefined) return found;
  throw new UsageError(
    `The policy of ${app.app}/${environment.name} has no \`gate: priority\`, so no cookie passes its gate.`,
    'Say `priority: { cookie: shop_priority }` under `gate` and reconcile.',
  );
}
