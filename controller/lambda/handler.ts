import { explainError } from '../core/report/failure.ts';
import type { Context } from '../ports/context.ts';
import type { RunFacts } from '../ports/surroundings.ts';
import { answerAlarm } from './answer-alarm.ts';
import { RetryError, type Answer } from './answer.ts';
import { readCall, type Call } from './event.ts';
import type { Log } from './log.ts';
import { createLooks, type Looks } from './looks.ts';

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
  const looks = createLooks(context.clock);
  return async (input) => {
    const started = context.clock.now().getTime();
    const call = readCall(input);
    const about = describeCall(call);
    try {
      const answers = await answer({ context, looks }, call);
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

async function answer(
  { context, looks }: { readonly context: Context; readonly looks: Looks },
  call: Call,
): Promise<readonly Answer[]> {
  switch (call.kind) {
    case 'unknown':
      return [{ outcome: 'refused', why: call.why }];
    case 'test':
      return [{ outcome: 'nothing', why: `test event ${call.mark} arrived` }];
    case 'alarm': {
      const run = { by: `the fast lane (alarm ${call.alarm.alarm.name})`, commit: undefined };
      return answerAlarm(actingAs(context, run), call.alarm);
    }
    case 'rollback': {
      const run = { by: `${call.rollback.by}, through the fast lane`, commit: undefined };
      const { answerRollback } = await import('./answer-rollback.ts');
      return answerRollback(actingAs(context, run), call.rollback);
    }
    case 'schedule': {
      // Policies are parsed here and nowhere else: an alarm needn't wait until that is loaded.
      const { answerApps } = await import('./answer-schedule.ts');
      return answerApps(context, call.schedule, looks);
    }
  }
}

/** What history says of who did it. */
function actingAs(context: Context, run: RunFacts): Context {
  return { ...context, surroundings: { ...context.surroundings, facts: async () => run } };
}

/** Last: a rollback waits for nobody, and who has no GitHub set up doesn't even load this. */
async function showOnGitHub(parts: Parts, call: Call, answers: readonly Answer[]): Promise<void> {
  const rolledBack = answers.filter(({ outcome }) => outcome === 'rolled-back');
  const place = placeOf(call);
  if (rolledBack.length === 0 || place === undefined) return;
  const run = await parts.context.surroundings.github();
  if (run === undefined) return;
  const named = rolledBack.flatMap(({ subject }) => subject ?? []);
  const own = describeCall(call)['subject'];
  // The one that the event is about first: its record tells where the others are.
  const subjects = [
    ...named.filter((name) => name === own),
    ...named.filter((name) => name !== own),
  ];
  const { bucket, region } = place;
  const { showRollbacks } = await import('./show-rollbacks.ts');
  await showRollbacks(parts, run, { subjects, place: { bucket, region } });
}

/** Of the record that it is about. */
function placeOf(call: Call): { readonly bucket: string; readonly region: string } | undefined {
  switch (call.kind) {
    case 'alarm':
      return call.alarm;
    case 'schedule':
      return call.schedule;
    case 'rollback':
      return call.rollback;
    case 'test':
    case 'unknown':
      return undefined;
  }
}

function describeCall(call: Call): Readonly<Record<string, string>> {
  if (call.kind === 'rollback') {
    const { app, environment, by } = call.rollback;
    return { call: call.kind, subject: `${app}/${environment}`, by };
  }
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
