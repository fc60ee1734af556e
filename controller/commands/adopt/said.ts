import type { Said } from '../../core/adopt/facts.ts';
import { functionName, parameterName } from '../../core/policy/adopted-values.ts';
import * as rules from '../../core/policy/values.ts';
import type { Arguments } from '../command.ts';
import { checkFlag, refuseArguments } from '../read-place.ts';

/** What the command line says, checked. */
export interface AdoptRequest {
  readonly distribution: string;
  readonly app: string;
  readonly environment: string;
  readonly group: string;
  readonly parameter: string | undefined;
  /** undefined: the origin's domain has it. */
  readonly region: string | undefined;
  readonly said: Said;
}

/** Throws with all that is wrong with the arguments. */
export function readSaid(values: Arguments['values']): AdoptRequest {
  refuseArguments(
    [...checkNames(values), ...checkAnswers(values)],
    'For example: headgate adopt --distribution E2QWRUHAPOMQZL --app shop',
  );
  return {
    distribution: read(values, 'distribution'),
    app: read(values, 'app'),
    environment: read(values, 'environment'),
    group: read(values, 'group'),
    parameter: read(values, 'active-build-parameter') || undefined,
    region: read(values, 'region') || undefined,
    said: {
      hosts: list(values, 'hosts'),
      replaces: list(values, 'replaces'),
      keeps: list(values, 'keeps'),
      ...(values['flat'] === true && { isFlat: true as const }),
      ...(values['build'] !== undefined && { build: read(values, 'build') }),
      ...(values['role'] !== undefined && { role: read(values, 'role') }),
      ...(values['spa'] !== undefined && { spa: read(values, 'spa') === 'yes' }),
      ...readCookies(values),
    },
  };
}

function read(values: Arguments['values'], name: string): string {
  return String(values[name] ?? '');
}

function list(values: Arguments['values'], name: string): readonly string[] {
  return read(values, name)
    .split(',')
    .filter((one) => one !== '');
}

function checkNames(values: Arguments['values']): readonly string[] {
  return [
    ...checkFlag('distribution', read(values, 'distribution'), rules.distribution),
    ...checkFlag('app', read(values, 'app'), rules.appName),
    ...checkFlag('environment', read(values, 'environment'), rules.environmentName),
    ...checkFlag('group', read(values, 'group'), rules.groupName),
    ...checkGiven(values, 'active-build-parameter', parameterName),
    ...checkGiven(values, 'build', rules.build),
    ...checkGiven(values, 'region', rules.region),
    ...checkGiven(values, 'role', rules.roleArn),
  ];
}

function checkAnswers(values: Arguments['values']): readonly string[] {
  const functions = [...list(values, 'replaces'), ...list(values, 'keeps')];
  const cookies = list(values, 'cookies');
  const isNone = cookies.join() === 'none';
  return [
    // One of ours is told as what it is, later.
    ...functions
      .filter((name) => !name.startsWith('headgate-'))
      .flatMap((name) => checkFlag('replaces', name, functionName)),
    ...list(values, 'hosts').flatMap((host) => checkFlag('hosts', host, rules.host)),
    ...(['', 'yes', 'no'].includes(read(values, 'spa')) ? [] : ['--spa is yes or no']),
    ...(values['cookies'] === undefined || isNone || cookies.length === 2
      ? []
      : ['--cookies takes two names, as Build-Number,Override, or none']),
  ];
}

function readCookies(values: Arguments['values']): Pick<Said, 'cookies'> {
  const [build = '', override] = list(values, 'cookies');
  if (override !== undefined) return { cookies: { build, override } };
  return build === 'none' ? { cookies: 'none' } : {};
}

function checkGiven(
  values: Arguments['values'],
  name: string,
  rule: typeof rules.build,
): readonly string[] {
  return values[name] === undefined ? [] : checkFlag(name, String(values[name]), rule);
}
