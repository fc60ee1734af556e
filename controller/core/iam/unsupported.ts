/** What the evaluator can't do, found before it answers anything. */
import { isOperator } from './condition.ts';
import { ARN_PARTS } from './pattern.ts';

/** They differ in variables alone, which are refused. */
const VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17', undefined];

const ELEMENTS = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'];

/** Each with its place: `Statement 2: NotAction is not evaluated here`. Empty: all of it can be evaluated. */
export function findUnsupported(document: unknown): readonly string[] {
  if (!isMap(document)) return ['a policy is an object'];
  const { Version, Id: _, Statement, ...others } = document;
  const statements = [Statement ?? []].flat() as readonly unknown[];
  return [
    ...Object.keys(others).map((name) => `${name} is not evaluated here`),
    ...(VERSIONS.includes(Version) ? [] : ['Version is not known']),
    ...(statements.length === 0 ? ['a policy has statements'] : []),
    ...statements.flatMap((statement, index) =>
      inStatement(statement).map((problem) => `Statement ${index + 1}: ${problem}`),
    ),
  ];
}

function inStatement(statement: unknown): readonly string[] {
  if (!isMap(statement)) return ['a statement is an object'];
  const { Effect, Principal, Action, Resource, Condition = {} } = statement;
  const unknown = Object.keys(statement).filter((name) => !ELEMENTS.includes(name));
  return [
    ...unknown.map((name) => `${name} is not evaluated here`),
    ...(Effect === 'Allow' || Effect === 'Deny' ? [] : ['Effect is Allow or Deny']),
    ...(Action === undefined ? ['Action is missing'] : inTexts('Action', Action)),
    ...(Resource === undefined ? [] : inResources(Resource)),
    ...inPrincipal(Principal),
    ...inCondition(Condition),
  ];
}

/** IAM fills up an ARN that is cut short with wildcards: nothing that anybody means to write. */
function inResources(resources: unknown): readonly string[] {
  const problems = inTexts('Resource', resources);
  if (problems.length > 0) return problems;
  const texts = [resources].flat() as readonly string[];
  const short = texts.filter((text) => text !== '*' && text.split(':').length < ARN_PARTS);
  return short.map((text) => `Resource ${text} is no whole ARN`);
}

function inPrincipal(principal: unknown): readonly string[] {
  if (principal === undefined || principal === '*') return [];
  if (!isMap(principal)) return ['Principal is * or an object'];
  return Object.entries(principal).flatMap(([kind, names]) =>
    ['AWS', 'Service', 'Federated'].includes(kind)
      ? inTexts(`Principal ${kind}`, names)
      : [`Principal ${kind} is not evaluated here`],
  );
}

function inCondition(condition: unknown): readonly string[] {
  if (!isMap(condition)) return ['Condition is an object'];
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (!isOperator(operator)) return [`the operator ${operator} is not evaluated here`];
    if (!isMap(keys)) return [`${operator} is an object`];
    return Object.entries(keys).flatMap(([key, values]) => inTexts(`${operator} ${key}`, values));
  });
}

/** `${aws:username}` and the like would have to be filled in from the request. */
function inTexts(what: string, values: unknown): readonly string[] {
  const texts = [values].flat() as readonly unknown[];
  return texts.flatMap((text) => {
    if (typeof text !== 'string') return [`${what} is not a text`];
    return text.includes('${') ? [`${what} has a variable, which is not evaluated here`] : [];
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
