import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { PolicyDocument, Statement } from '../../../../controller/core/iam/document.ts';
import { evaluate, type AccessRequest } from '../../../../controller/core/iam/evaluate.ts';
import { findUnsupported } from '../../../../controller/core/iam/unsupported.ts';

const BUCKET = 'arn:aws:s3:::acme-web-builds';
const FILE = `${BUCKET}/shop/builds/1/index.html`;

function policy(...statements: readonly Partial<Statement>[]): PolicyDocument {
  const all = { Effect: 'Allow', Action: 's3:GetObject', Resource: `${BUCKET}/*` } as const;
  return { Version: '2012-10-17', Statement: statements.map((one) => ({ ...all, ...one })) };
}

function ask(request: Partial<AccessRequest>): AccessRequest {
  return { action: 's3:GetObject', resource: FILE, context: {}, ...request };
}

type Row = readonly [string, Partial<Statement>, Partial<AccessRequest>, boolean];
const SOURCE = 'arn:aws:cloudfront::111122223333:distribution/E1';

/** IAM's documented rules, each with what it must not take. */
const TABLE: readonly Row[] = [
  ['an action fits whatever its case', { Action: 's3:getobject' }, {}, true],
  ['a wildcard in the action', { Action: ['s3:Get*'] }, {}, true],
  ['one for a single letter', { Action: 's3:GetObjec?' }, {}, true],
  ['which is not none', { Action: 's3:GetObject?' }, {}, false],
  ['another service', { Action: 'ssm:*' }, {}, false],
  ['every resource', { Resource: '*' }, {}, true],
  ['a resource counts its case', { Resource: FILE.toUpperCase() }, {}, false],
  ['* reaches over slashes', { Resource: `${BUCKET}/*/index.html` }, {}, true],
  ['the bucket is not its objects', { Resource: BUCKET }, {}, false],
  ['* does not reach over a colon', { Resource: 'arn:aws:*:::shop' }, {}, false],
  [
    'but over those in the last part',
    { Resource: 'arn:aws:s3:::*' },
    { resource: `${BUCKET}/a:b` },
    true,
  ],
  ['dots are dots', { Resource: `${BUCKET}/shop/builds/1/index?html` }, {}, true],
  ['and nothing else', { Resource: FILE.replace('.html', '_html') }, {}, false],
  ['no resource at all, as in trust', { Resource: undefined as unknown as string }, {}, true],
];

const CONDITIONS: readonly (readonly [
  string,
  Statement['Condition'],
  AccessRequest['context'],
  boolean,
])[] = [
  ['StringEquals', { StringEquals: { 'a:k': ['x', 'y'] } }, { 'a:k': 'y' }, true],
  ['keys in any case', { StringEquals: { 'AWS:SourceArn': 'x' } }, { 'aws:sourcearn': 'x' }, true],
  ['values in their own', { StringEquals: { 'a:k': 'x' } }, { 'a:k': 'X' }, false],
  ['no pattern in Equals', { StringEquals: { 'a:k': '*' } }, { 'a:k': 'x' }, false],
  ['a key that is not there', { StringEquals: { 'a:k': 'x' } }, {}, false],
  ['unless IfExists', { StringEqualsIfExists: { 'a:k': 'x' } }, {}, true],
  ['NotEquals of none of them', { StringNotEquals: { 'a:k': ['x', 'y'] } }, { 'a:k': 'z' }, true],
  ['NotEquals of one', { StringNotEquals: { 'a:k': ['x', 'y'] } }, { 'a:k': 'y' }, false],
  ['NotEquals without the key', { StringNotEquals: { 'a:k': 'x' } }, {}, true],
  ['IgnoreCase', { StringEqualsIgnoreCase: { 'a:k': 'x' } }, { 'a:k': 'X' }, true],
  ['StringLike', { StringLike: { 'a:k': 'repo:acme/*' } }, { 'a:k': 'repo:acme/shop' }, true],
  ['NotLike', { StringNotLike: { 'a:k': 'repo:acme/*' } }, { 'a:k': 'repo:acme/shop' }, false],
  [
    'ArnLike',
    { ArnLike: { 'a:k': 'arn:aws:cloudfront::*:distribution/*' } },
    { 'a:k': SOURCE },
    true,
  ],
  ['part by part', { ArnLike: { 'a:k': 'arn:aws:*:distribution/E1' } }, { 'a:k': SOURCE }, false],
  [
    'ArnEquals does the same',
    { ArnEquals: { 'a:k': 'arn:aws:cloudfront::*:distribution/E?' } },
    { 'a:k': SOURCE },
    true,
  ],
  ['Bool', { Bool: { 'a:k': 'true' } }, { 'a:k': 'True' }, true],
  ['Bool without the key', { Bool: { 'a:k': 'false' } }, {}, false],
  ['Null true: it must not be there', { Null: { 'a:k': 'true' } }, { 'a:k': 'x' }, false],
  ['and it is not', { Null: { 'a:k': 'true' } }, {}, true],
  ['Null false: it must', { Null: { 'a:k': 'false' } }, {}, false],
  [
    'every operator must hold',
    { Null: { 'a:k': 'false' }, StringLike: { 'a:k': 'y' } },
    { 'a:k': 'x' },
    false,
  ],
  ['and every key', { StringEquals: { 'a:k': 'x', 'a:l': 'x' } }, { 'a:k': 'x' }, false],
  [
    'any of several values',
    { 'ForAnyValue:StringEquals': { 'a:k': 'x' } },
    { 'a:k': ['z', 'x'] },
    true,
  ],
  ['all of them', { 'ForAllValues:StringEquals': { 'a:k': 'x' } }, { 'a:k': ['z', 'x'] }, false],
  ['all of none', { 'ForAllValues:StringEquals': { 'a:k': 'x' } }, {}, true],
];

describe('a statement applies', () => {
  test.each(TABLE)('%s', (_rule, statement, request, applies) => {
    const decision = evaluate([policy(statement)], ask(request));
    expect(decision).toBe(applies ? 'allowed' : 'implicitDeny');
  });

  test.each(CONDITIONS)('on condition: %s', (_rule, Condition, context, applies) => {
    const decision = evaluate([policy({ ...(Condition && { Condition }) })], ask({ context }));
    expect(decision).toBe(applies ? 'allowed' : 'implicitDeny');
  });

  it.each<[Statement['Principal'], 'AWS' | 'Service', string[], boolean]>([
    ['*', 'AWS', ['arn:aws:iam::1:role/a'], true],
    [{ AWS: '*' }, 'AWS', ['arn:aws:iam::1:role/a'], true],
    [{ AWS: 'arn:aws:iam::1:role/a' }, 'AWS', ['arn:aws:sts::1:x', 'arn:aws:iam::1:role/a'], true],
    [{ AWS: 'arn:aws:iam::1:role/*' }, 'AWS', ['arn:aws:iam::1:role/a'], false],
    [{ Service: 'lambda.amazonaws.com' }, 'AWS', ['lambda.amazonaws.com'], false],
    [{ Service: ['a', 'lambda.amazonaws.com'] }, 'Service', ['lambda.amazonaws.com'], true],
  ])('to whom it names: %o', (Principal, kind, names, applies) => {
    const documents = [policy({ ...(Principal && { Principal }) })];
    const decision = evaluate(documents, ask({ principal: { kind, names } }));
    expect(decision).toBe(applies ? 'allowed' : 'implicitDeny');
    expect(evaluate(documents, ask({}))).toBe('implicitDeny');
  });
});

describe('what can not be evaluated', () => {
  it.each<[string, object]>([
    ['operator', { Condition: { NumericLessThan: { 'a:k': '1' } } }],
    ['NotAction', { NotAction: 's3:*' }],
    ['NotPrincipal', { NotPrincipal: '*' }],
    ['variable', { Resource: `${BUCKET}/\${aws:username}/*` }],
    ['not a text', { Resource: { Ref: 'Bucket' } }],
    ['whole ARN', { Resource: 'arn:aws:s3' }],
    ['Effect', { Effect: 'allow' }],
  ])('%s is an error with its place, and no answer', (problem, statement) => {
    const document = policy({}, statement);
    expect(findUnsupported(document).join()).toMatch(new RegExp(`Statement 2: .*${problem}`));
    expect(() => evaluate([document], ask({}))).toThrow(/Statement 2/);
  });
});

const statements = fc.array(
  fc.record({
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Action: fc.constantFrom('s3:GetObject', 's3:*', 'ssm:*', '*'),
    Resource: fc.constantFrom('*', `${BUCKET}/*`, FILE, BUCKET),
    Condition: fc.constantFrom<NonNullable<Statement['Condition']>>({}, { Null: { k: 'true' } }),
  }),
  // A policy without any is refused.
  { minLength: 1 },
);

it('more denies never allow, more allows never take away, and the order is nothing', () => {
  const request = ask({});
  const decide = (list: readonly Partial<Statement>[]) => evaluate([policy(...list)], request);
  fc.assert(
    fc.property(statements, statements, (some, more) => {
      const allows = more.filter(({ Effect }) => Effect === 'Allow');
      const denies = more.filter(({ Effect }) => Effect === 'Deny');
      if (decide(some) !== 'allowed') expect(decide([...some, ...denies])).not.toBe('allowed');
      if (decide(some) === 'allowed') expect(decide([...some, ...allows])).toBe('allowed');
      if (decide(some) === 'explicitDeny')
        expect(decide([...allows, ...some])).toBe('explicitDeny');
      expect(decide([...some, ...more])).toBe(decide([...more, ...some]));
      expect(evaluate([policy(...some), policy(...more)], request)).toBe(
        decide([...some, ...more]),
      );
    }),
  );
});
