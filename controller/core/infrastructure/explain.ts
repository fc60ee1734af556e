/** What bootstrap would make, in words. */
import { withSetup, type InfrastructureFacts } from './facts.ts';
import { idleCost } from './idle-cost.ts';
import { listLeftOver, type LeftOver } from './left-over.ts';
import { nameResource } from './nouns.ts';
import { listPieces, renderStacks } from './stacks.ts';

export interface ExplainedStack {
  readonly name: string;
  readonly region: string;
  /** As its template is written. */
  readonly bytes: number;
  readonly resources: readonly ExplainedResource[];
}

export interface ExplainedResource {
  readonly id: string;
  readonly type: string;
  /** `bucket acme-web-builds`. */
  readonly name: string;
  readonly why: string;
  /** While nobody comes. Absent: nothing. */
  readonly idle?: string;
  /** It stays when the stack goes. */
  readonly kept: boolean;
}

export interface Explanation {
  readonly stacks: readonly ExplainedStack[];
  readonly leftOver: readonly LeftOver[];
}

export function explainStacks(facts: InfrastructureFacts): Explanation {
  const pieces = listPieces(withSetup(facts));
  const stacks = renderStacks(facts).map(({ name, region, template }) => ({
    name,
    region,
    bytes: Buffer.byteLength(JSON.stringify(template)),
    resources: pieces
      .filter((piece) => piece.region === region)
      .map(({ id, resource, why }) => {
        const idle = idleCost(resource);
        return {
          id,
          type: resource.Type,
          name: nameResource(resource),
          why: `${why}${NOTES[resource.Type] ?? ''}`,
          ...(idle !== undefined && { idle }),
          kept: resource.DeletionPolicy?.startsWith('Retain') ?? false,
        };
      }),
  }));
  return { stacks, leftOver: listLeftOver(facts) };
}

/** Whose it is nobody asks before it is deployed. */
const NOTES: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::GlobalTable':
    '; one that is there already is taken over, unless `setup: existing: tables` names it',
};

export function renderExplanation({ stacks, leftOver }: Explanation): string {
  return [
    'To serve what the policies say, this is needed (nothing was changed):',
    ...stacks.map(renderStack),
    [
      'Beyond that nothing costs while nobody comes; all else is billed by use: policies/costs.md.',
      'Kept when the stacks go: what is marked with +, and SSM parameters.',
    ].join('\n'),
    ...(leftOver.length === 0 ? [] : [renderLeftOver(leftOver)]),
    [
      'Next:',
      '  headgate bootstrap --deploy        makes it, through CloudFormation',
      '  headgate bootstrap --template      prints the template, for your own pipeline',
      '  headgate bootstrap --outputs-only  what your Terraform or CDK would have to make',
    ].join('\n'),
  ].join('\n\n');
}

function renderStack({ name, region, resources }: ExplainedStack): string {
  const count = resources.length === 1 ? '1 resource' : `${resources.length} resources`;
  return [`Stack ${name} in ${region}, ${count}:`, ...resources.map(renderResource)].join('\n');
}

function renderResource({ name, why, idle, kept }: ExplainedResource): string {
  return `  ${kept ? '+' : ' '} ${name}: ${why}${idle === undefined ? '' : ` (${idle})`}`;
}

function renderLeftOver(leftOver: readonly LeftOver[]): string {
  return [
    'Left to you:',
    ...leftOver.map(({ subject, what, how }) => `  ${subject}: ${what}\n    ${how}`),
  ].join('\n');
}
