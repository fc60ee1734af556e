import { check, isUnsafe } from '../core/doctor/check.ts';
import { listParts } from '../core/doctor/probe/explain.ts';
import { renderFindings } from '../core/doctor/render.ts';
import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import type { Policies } from '../core/policy/policy.ts';
import { renderIssues } from '../core/report/issues.ts';
import type { Context } from '../ports/context.ts';
import { gatherFacts } from '../read/doctor/gather.ts';
import type { Arguments, Command } from './command.ts';
import { probeAccount, readProbeOrder } from './doctor/probe.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'What is wrong with the account, and how to mend it',
  help: `headgate doctor [<app>[/<environment>]] [--test-event] [--role <arn>]
                [--policies <dir>] [--json]
headgate doctor --probe [--probe-also <parts> | --probe-only <parts>] [--yes]
                [--writes <n>] [--report <file>] [--json]

Reads who you are, buckets, distributions, functions, stores, parameters,
alarms and the fast lane, and says what is wrong, each with what mends it.
It changes nothing. What it can't read is a finding, too.

  <app>[/<environment>]  only that one
  --test-event       send an event through the rules of alarms, and look for it
                     in the log of the fast lane: it does nothing else
  --role <arn>       whose permissions to ask IAM about (default: yours; as the
                     role for this command: of the roles that release), of all
                     together, where several do
  --probe            measure on this account what our pages only assume of AWS,
                     with things of its own; without --yes it says what it costs
  --probe-also <parts>  more than the usual parts: all, or names with commas
  --probe-only <parts>  these parts and no others
  --writes <n>       of a KeyValueStore, to time them (default: 20)
  --report <file>    keep what came of it, as Markdown, and as JSON beside it
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             {"findings": [...], "issues": [...]}

Parts of --probe, which are measured side by side:
${listParts()}

policies/doctor.md lists all that it may find.

Exit codes: 0 healthy, or nothing but warnings, 2 the policy is wrong, 3 it is
not safe to release, or something assumed does not hold.`,
  options: {
    'test-event': { type: 'boolean', default: false },
    probe: { type: 'boolean', default: false },
    'probe-also': { type: 'string' },
    'probe-only': { type: 'string' },
    yes: { type: 'boolean', default: false },
    writes: { type: 'string' },
    report: { type: 'string' },
    role: { type: 'string', multiple: true },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  run: runDoctor,
};

async function runDoctor(
  { positionals, values, lists }: Arguments,
  context: Context,
): Promise<ExitCode> {
  refuseStray(values);
  if (values['probe'] === true) {
    return probeAccount(readProbeOrder(values), context);
  }
  const loaded = await loadPolicies(context.files, String(values['policies']));
  const policies = narrow(loaded.policies, positionals);
  const facts = await gatherFacts(context, {
    policies,
    roles: lists?.['role'] ?? [],
    isTested: values['test-event'] === true,
  });
  const findings = check(facts);
  const { issues } = loaded;
  context.terminal.print(
    values['json'] === true
      ? JSON.stringify({ findings, issues }, undefined, 2)
      : renderFindings(findings),
  );
  if (issues.length > 0) context.terminal.note(renderIssues(issues));
  if (isUnsafe(findings)) return EXIT.unsafe;
  return issues.length > 0 ? EXIT.usage : EXIT.done;
}

/** Options of the probe alone. */
const OF_PROBE = ['probe-also', 'probe-only', 'yes', 'writes', 'report'];

function refuseStray(values: Arguments['values']): void {
  const isGiven = (name: string) => values[name] !== undefined && values[name] !== false;
  const stray = OF_PROBE.find(isGiven);
  if (values['probe'] === true || stray === undefined) return;
  throw new UsageError(`--${stray} goes with --probe.`, `headgate doctor --probe --${stray} ...`);
}

/** `shop/prod`, or `shop prod` as other commands take it. The others stay known, as neighbours. */
function narrow(policies: Policies, positionals: readonly string[]): Policies {
  if (positionals.length === 0) return policies;
  const [name = '', environment, ...rest] = positionals.join('/').split('/');
  const app = policies.apps.find((one) => one.app === name);
  const environments = (app?.environments ?? []).filter(
    (one) => environment === undefined || one.name === environment,
  );
  if (rest.length > 0 || app === undefined || environments.length === 0) {
    const known = policies.apps.flatMap((one) =>
      one.environments.map((each) => `${one.app}/${each.name}`),
    );
    throw new UsageError(
      `The policies have no ${positionals.join('/')}.`,
      `They have ${known.join(', ')}; name one app or one environment, or leave it out.`,
    );
  }
  const groups = environments.map(({ edge }) => edge.group);
  return {
    ...policies,
    apps: [{ ...app, environments }],
    neighbours: [
      ...(policies.neighbours ?? []),
      ...policies.apps.filter((one) => one.app !== name),
    ],
    groups: policies.groups.filter((group) => groups.includes(group.name)),
  };
}
