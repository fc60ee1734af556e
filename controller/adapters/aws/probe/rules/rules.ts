import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeClients } from '../clients.ts';
import { createFunction, type ScratchFunction } from '../lambda/scratch-function.ts';
import { createGroup, type ScratchGroup } from '../logs/scratch-group.ts';
import { observe } from '../observe.ts';
import type { MeasurePart, PartRun } from '../part-run.ts';
import { seconds, waitFor } from '../wait.ts';
import { createRule } from './scratch-rule.ts';

const CODE = 'exports.handler = async (event) => console.log(JSON.stringify(event));';
const SOURCE = 'headgate.probe';
const MOST_MINUTES = 8;

interface Ground {
  readonly clients: ProbeClients;
  readonly run: PartRun;
  /** Logs what it is called with. */
  readonly target: ScratchFunction;
  readonly group: ScratchGroup;
}

/** What rules make of an event, and when schedules begin. */
export const measureRules: MeasurePart = async (clients, run) => {
  const { add, say, scratch } = run;
  const group = await createGroup(clients.logs, scratch, `/aws/lambda/${scratch.name}-rules`);
  const target = await createFunction(clients, run, { suffix: 'rules', code: CODE });
  const arn = `${target.arn.split(':').slice(3, 5).join(':')}:log-group:${group.name}:*`;
  const Action = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  await target.role.allow('logs', [{ Effect: 'Allow', Action, Resource: `arn:aws:logs:${arn}` }]);
  const ground = { clients, run, target, group };
  say('waiting until the function logs');
  await waitForLog(ground);
  say('rules');
  add(
    await observe('rule-first', () => watchSchedule(ground)),
    await observe('rule-template', () => compareTemplates(ground)),
  );
};

function patienceOf({ signal, minute }: PartRun) {
  return { signal, pause: minute / 30, most: MOST_MINUTES * minute };
}

/** When a line with that text was logged; undefined: not yet. */
async function findLine({ group }: Ground, text: string): Promise<number | undefined> {
  const pages = await group.readAll(`"${text}"`);
  return pages.flatMap(({ events }) => events)[0]?.timestamp;
}

/** It is some while until Lambda knows what the role may do. */
async function waitForLog(ground: Ground): Promise<void> {
  const { clients, target, run } = ground;
  const order = new InvokeCommand({ FunctionName: target.name, Payload: '{"call":"direct"}' });
  const seen = await waitFor(async () => {
    if ((await target.read()).State === 'Active') await clients.lambda.send(order);
    return findLine(ground, 'direct');
  }, patienceOf(run));
  if (seen === undefined) throw new Error('the function never logged');
}

async function watchSchedule(ground: Ground): Promise<readonly [boolean, string]> {
  const { clients, run, target } = ground;
  const begun = Date.now();
  const when = { ScheduleExpression: 'rate(1 minute)' };
  const plan = { suffix: 'rate', when, target, input: { Input: '{"call":"scheduled"}' } };
  await createRule(clients, run.scratch, plan);
  const first = await waitFor(() => findLine(ground, 'scheduled'), patienceOf(run));
  if (first === undefined) throw new Error('the schedule never ran');
  // A part of the minute may have gone while the rule was made.
  return [first - begun >= run.minute / 2, `first after ${seconds(first - begun)}`];
}

async function compareTemplates(ground: Ground): Promise<readonly [boolean, string]> {
  const { clients, run, target } = ground;
  const when = { EventPattern: JSON.stringify({ source: [SOURCE] }) };
  const make = (suffix: string, path: string) => {
    const InputTransformer = {
      InputPathsMap: { value: path },
      InputTemplate: `{"call":"${suffix}","value":<value>}`,
    };
    const plan = { suffix, when, target, input: { InputTransformer } };
    return createRule(clients, run.scratch, plan);
  };
  await make('broken', '$.detail.none');
  await make('whole', '$.detail.value');
  const Detail = JSON.stringify({ value: 'probe' });
  const order = { Entries: [{ Source: SOURCE, DetailType: 'probe', Detail }] };
  const whole = await waitFor(async () => {
    await clients.events.send(new PutEventsCommand(order));
    return findLine(ground, 'whole');
  }, patienceOf(run));
  if (whole === undefined) throw new Error('no event ever arrived');
  // The other rule was there before: what it lets through comes in the same while.
  await sleep(run.minute, undefined, { signal: run.signal });
  const broken = await findLine(ground, 'broken');
  const evidence = `the one that makes JSON ran the function, the other ${broken === undefined ? "didn't" : 'did, too'}`;
  return [broken === undefined, evidence];
}
