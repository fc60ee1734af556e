import { explainError } from '../core/report/failure.ts';
import type { Context } from '../ports/context.ts';
import { answerAlarm } from './answer-alarm.ts';
import { RetryError, type Answer } from './answer.ts';
import { readCall, type Call } from './event.ts';
import type { Log } from './log.ts';

/** What an invocation returns. Nobody reads it when EventBridge calls. */
export interface Result {
  readonly answers: readonly Answer[];
}

interface Parts {
  readonly context: Context;
  readonly log: Log;
}

/**
 * The fast lane. It throws what another try may mend, so that Lambda invokes it again; what never becomes
 * right is logged as an error, and returns.
 */
export function createHandler({ context, log }: Parts): (input: unknown) => Promise<Result> {
  return async (input) => {
    const started = context.clock.now().getTime();
    const call = readCall(input);
    const about = describeCall(call);
    try {
      const answers = await answer(context, call);
      const milliseconds = context.clock.now().getTime() - started;
      for (const one of answers)
        log({ level: levelOf(one), message: one.why, ...about, ...one, milliseconds });
      await showOnGitHub({ context, log }, call, answers);
      return { answers };
    } catch (error) {
      const milliseconds = context.clock.now().getTime() - started;
      const message = error instanceof RetryError ? error.message : explainError(error);
      log({ level: 'error', message, ...about, outcome: 'retry', milliseconds });
      // Without its causes, which hold whole requests and answers: Lambda logs what is thrown.
      throw new RetryError(message);
    }
  };
}

async function answer(context: Context, call: Call): Promise<readonly Answer[]> {
  switch (call.kind) {
    case 'unknown':
      return [{ outcome: 'refused', why: call.why }];
    case 'alarm': {
      const run = { by: `the fast lane (alarm ${call.alarm.alarm.name})`, commit: undefined };
      const facts = async () => run;
      const own = { ...context, surroundings: { ...context.surroundings, facts } };
      return answerAlarm(own, call.alarm);
    }
    case 'schedule': {
      // Policies are parsed here and nowhere else: an alarm needn't wait until that is loaded.
      const { answerApps } = await import('./answer-schedule.ts');
      return answerApps(context, call.schedule);
    }
  }
}

/** Last: a rollback waits for nobody, and who has no GitHub set up doesn't even load this. */
async function showOnGitHub(parts: Parts, call: Call, answers: readonly Answer[]): Promise<void> {
  const rolledBack = answers.filter(({ outcome }) => outcome === 'rolled-back');
  if (rolledBack.length === 0 || call.kind === 'unknown') return;
  const run = await parts.context.surroundings.github();
  if (run === undefined) return;
  const named = rolledBack.flatMap(({ subject }) => subject ?? []);
  const own = describeCall(call)['subject'];
  // The one that the event is about first: its record tells where the others are.
  const subjects = [
    ...named.filter((name) => name === own),
    ...named.filter((name) => name !== own),
  ];
  const { bucket, region } = call.kind === 'alarm' ? call.alarm : call.schedule;
  const { showRollbacks } = await import('./show-rollbacks.ts');
  await showRollbacks(parts, run, { subjects, place: { bucket, region } });
}

function describeCall(call: Call): Readonly<Record<string, string>> {
  if (call.kind !== 'alarm') return { call: call.kind };
  const { app, environment, alarm } = call.alarm;
  return {
    call: call.kind,
    subject: `${app}/${environment}`,
    alarm: alarm.name,
    region: alarm.region,
  };
}

function levelOf({ outcome, problem }: Answer): 'info' | 'warning' | 'error' {
  if (outcome === 'failed' || outcome === 'refused') return 'error';
  return outcome === 'rolled-back' || problem !== undefined ? 'warning' : 'info';
}
