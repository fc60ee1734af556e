import { describe, expect, it } from 'vitest';
import { rollback } from '../../../controller/commands/rollback.ts';
import { UsageError } from '../../../controller/core/errors.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { Train, type Hook } from '../../fakes/train.ts';

const EDGE = `apiVersion: headgate/v1
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: builds, region: us-east-1 }
together:
  - [shop/prod, checkout/prod]
`;

function textOf(app: string, distribution: string): string {
  return `apiVersion: headgate/v1
app: ${app}
bucket: builds
region: us-east-1
environments:
  prod:
    hosts: [${app}.example.com]
    edge: { group: prod, distribution: ${distribution} }
    release: { build: "1" }
`;
}

interface Given {
  readonly hook?: Hook;
  /** Texts of policies; undefined: it must do without. */
  readonly policies?: Readonly<Record<string, string>> | undefined;
}

const POLICIES = {
  'edge.yaml': EDGE,
  'shop.yaml': textOf('shop', 'E1EXAMPLE'),
  'checkout.yaml': textOf('checkout', 'E2EXAMPLE'),
};

interface Ran {
  readonly code: number;
  readonly printed: string;
  readonly notes: string;
}

async function run(
  train: Train,
  values: Readonly<Record<string, string>> = {},
  { hook, policies = POLICIES }: Given = {},
): Promise<Ran> {
  const printed: string[] = [];
  const notes: string[] = [];
  const context = train.context(hook);
  const terminal: Context['terminal'] = {
    ...context.terminal,
    print: (text) => void printed.push(text),
    note: (text) => void notes.push(text),
  };
  const texts = new Map(Object.entries(policies).map(([name, text]) => [`policies/${name}`, text]));
  const files: Context['files'] = {
    ...context.files,
    list: async () => (texts.size === 0 ? undefined : Object.keys(policies)),
    readText: async (path) => texts.get(path),
  };
  const args = {
    positionals: ['shop', 'prod'],
    values: { reason: 'wrong prices', policies: 'policies', ...values },
  };
  const code = await rollback.run(args, { ...context, terminal, files });
  return { code, printed: printed.join('\n'), notes: notes.join('\n') };
}

const PLACE = { bucket: 'builds', region: 'us-east-1' };
const BACK = ['held 1', 'held 1'];
const writesOfRoutes = ({ writes }: Train) => writes.filter((name) => name === 'write routes');

describe('a rollback by hand of environments that move together', () => {
  it('takes them along, in one write, and tells of each', async () => {
    const train = await Train.rolling();
    const { code, printed } = await run(train);
    expect(code).toBe(5);
    expect(await train.tell()).toEqual(BACK);
    expect(writesOfRoutes(train)).toHaveLength(1);
    expect(printed).toMatch(/^shop\/prod {2}ROLLED BACK/m);
    expect(printed).toMatch(/^checkout\/prod {2}ROLLED BACK/m);
  });

  it('knows them from the record alone', async () => {
    const train = await Train.rolling();
    expect((await run(train, PLACE, { policies: {} })).code).toBe(5);
    expect(await train.tell()).toEqual(BACK);
    expect(writesOfRoutes(train)).toHaveLength(1);
  });

  it('goes without one that can not be read, and says so', async () => {
    const train = await Train.rolling();
    const hook: Hook = (name) => {
      if (name === 'read record checkout/prod') throw new UsageError('it is no JSON', 'Mend it.');
    };
    const { code, notes } = await run(train, PLACE, { policies: {}, hook });
    expect(code).toBe(5);
    expect(notes).toMatch(
      /checkout\/prod moves together with it and stays where it is: it is no JSON/,
    );
    expect(await train.tell()).toEqual(['held 1', 'rolling 1 2@500']);
  });

  it('takes one along whose record can not be read, where its policy says where it is', async () => {
    const train = await Train.rolling();
    const hook: Hook = (name) => {
      if (name === 'read record checkout/prod') throw new UsageError('it is no JSON', 'Mend it.');
    };
    await run(train, {}, { hook });
    expect(train.checkout.route).toMatchObject({ barred: ['2'], rollback: { reason: 'manual' } });
    await train.reconcile();
    expect(await train.tell()).toEqual(BACK);
  });

  it('is refused where the one that is named does not roll, and names the ones that do', async () => {
    const train = await Train.create();
    train.name('2', [train.checkout]);
    await train.reconcile();
    expect(await train.tell()).toEqual(['idle 1', 'rolling 1 2@500']);
    await expect(run(train)).rejects.toMatchObject({
      exitCode: 3,
      next: expect.stringContaining('headgate rollback checkout prod'),
    });
  });
});

describe('a rollback to an earlier build', () => {
  /** Build 2 stable in both, 1 before it. */
  async function released(): Promise<Train> {
    const train = await Train.rolling();
    for (let step = 0; step < 3; step++) {
      train.pass(121);
      await train.reconcile();
    }
    expect(await train.tell()).toEqual(['idle 2', 'idle 2']);
    return train;
  }

  it('is for the one that is named; one that does not roll stays, and the note says how it goes back', async () => {
    const train = await released();
    const { code, notes } = await run(train, { to: '1' });
    expect(code).toBe(5);
    expect(await train.tell()).toEqual(['held 1', 'idle 2']);
    expect(notes).toContain('headgate rollback checkout prod --to <build>');
  });

  it('takes those that roll out back to their own stable build, in the same write', async () => {
    const train = await released();
    train.name('3');
    await train.reconcile();
    train.calls.length = 0;
    expect((await run(train, { to: '1' })).code).toBe(5);
    expect(await train.tell()).toEqual(['held 1', 'held 2']);
    expect(writesOfRoutes(train)).toHaveLength(1);
  });
});
