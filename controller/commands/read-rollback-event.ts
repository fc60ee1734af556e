import { UsageError } from '../core/errors.ts';
import { A_RUN } from '../core/github/run.ts';
import { TEXT_LIMIT } from '../core/fast-lane/request.ts';
import * as names from '../core/policy/values.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments } from './command.ts';

const TAKES = ['app', 'environment', 'to', 'reason'] as const;

const EVENTS = ['workflow_dispatch', 'repository_dispatch'];

const NEXT = `In client_payload, or as inputs of rollback.yml: ${TAKES.join(', ')}; to and reason may be left out.`;

/**
 * What to roll back, from the event that started the run, as if it stood on the command line. Anyone who may
 * send the event chose every word of it, so it must be nothing but names.
 */
export async function readRollbackEvent(args: Arguments, context: Context): Promise<Arguments> {
  const { positionals, values } = args;
  const run = await context.surroundings.github();
  if (run === undefined || !EVENTS.includes(run.eventName)) {
    throw new UsageError(
      run === undefined
        ? `--event needs ${A_RUN}.`
        : `--event reads ${EVENTS.join(' or ')}, and this run is of ${run.eventName || 'no event'}.`,
      'Elsewhere: headgate rollback <app> <environment>',
    );
  }
  if (positionals.length > 0 || values['to'] !== undefined) {
    throw new UsageError(
      'With --event the app, the environment and the build come from the event.',
      'Either headgate rollback --event, or headgate rollback <app> <environment> [--to <build>].',
    );
  }
  const { app = '', environment = '', to = '', reason = '' } = run.inputs;
  const unknown = Object.keys(run.inputs).filter((name) => !TAKES.some((one) => one === name));
  const problems = [
    ...unknown.map((name) => `${quote(name)} is nothing that a rollback takes`),
    ...check('app', app, names.appName),
    ...check('environment', environment, names.environmentName),
    ...(to === '' ? [] : check('to', to, names.build)),
    ...checkReason(reason),
  ];
  if (problems.length > 0) throw new UsageError(`The event: ${problems.join('; ')}.`, NEXT);
  const given = { ...(to !== '' && { to }), ...(reason !== '' && { reason }) };
  return { ...args, positionals: [app, environment], values: { ...values, ...given } };
}

function check(name: string, value: string, rule: typeof names.build): readonly string[] {
  if (value === '') return [`${name} is missing`];
  if (rule.safeParse(value).success) return [];
  return [`${name} ${quote(value)} is not ${String(rule.meta()?.['expects'])}`];
}

function checkReason(reason: string): readonly string[] {
  if (/\p{Cc}/u.test(reason)) return ['reason is more than one line'];
  return reason.length > TEXT_LIMIT ? [`reason is longer than ${TEXT_LIMIT} characters`] : [];
}

/** Shown shortened: it is somebody's text. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
