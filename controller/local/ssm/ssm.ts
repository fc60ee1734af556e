import * as z from 'zod';
import { createJsonService, defineOperation, type JsonOperation } from '../http/aws-json.ts';
import { cutPage } from '../http/page.ts';
import type { CloudClock, Disk, Service } from '../service.ts';
import { labelShape, labelVersion, unlabelShape, unlabelVersion } from './labels.ts';
import { openParameterFile, type ParameterFile } from './parameter-file.ts';
import {
  describeParameter,
  findVersion,
  notFound,
  renderHistory,
  renderParameter,
} from './read-parameter.ts';
import { putParameter, putShape } from './put-parameter.ts';

const Names = z.array(z.string()).min(1).max(10);
const WithDecryption = z.boolean().default(false);

// Made once, not per service: zod compiles a shape at its first use.
const nameShape = z.strictObject({ Name: z.string() });
const namesShape = z.strictObject({ Names });
const getShape = z.strictObject({ Name: z.string(), WithDecryption });
const getAllShape = z.strictObject({ Names, WithDecryption });

/** SSM Parameter Store: a set of parameters per region. */
export function createSsm({ disk, clock }: { disk: Disk; clock: CloudClock }): Service {
  const regions = new Map<string, ParameterFile>();
  const open = (region: string): ParameterFile => {
    const file = regions.get(region) ?? openParameterFile(disk, region);
    regions.set(region, file);
    return file;
  };
  return createJsonService({
    signingName: 'ssm',
    target: 'AmazonSSM',
    version: '1.1',
    operations: {
      PutParameter: defineOperation(putShape, (input, { region }) =>
        putParameter(open(region), input, clock.now()),
      ),
      LabelParameterVersion: defineOperation(labelShape, (input, { region }) =>
        labelVersion(open(region), input),
      ),
      UnlabelParameterVersion: defineOperation(unlabelShape, (input, { region }) =>
        unlabelVersion(open(region), input),
      ),
      ...readOperations(open),
      ...listOperations(open),
      ...deleteOperations(open),
    },
  });
}

type Open = (region: string) => ParameterFile;

function readOperations(open: Open): Record<string, JsonOperation> {
  return {
    GetParameter: defineOperation(getShape, ({ Name, WithDecryption: decrypt }, { region }) => ({
      Parameter: renderParameter(findVersion(open(region), Name), { region, decrypt }),
    })),
    GetParameters: defineOperation(
      getAllShape,
      ({ Names: names, WithDecryption: decrypt }, { region }) => {
        const known = names.filter((name) => open(region).get(name) !== undefined);
        return {
          Parameters: known.map((name) =>
            renderParameter(findVersion(open(region), name), { region, decrypt }),
          ),
          InvalidParameters: names.filter((name) => !known.includes(name)),
        };
      },
    ),
  };
}

const pathShape = z.strictObject({
  Path: z.string().startsWith('/', 'The parameter path must begin with /.'),
  Recursive: z.boolean().default(false),
  WithDecryption,
  MaxResults: z.int().min(1).max(10).default(10),
  NextToken: z.string().optional(),
});

const historyShape = z.strictObject({
  Name: z.string(),
  WithDecryption,
  MaxResults: z.int().min(1).max(50).default(50),
  NextToken: z.string().optional(),
});

const describeShape = z.strictObject({
  // One level below one path, or all: nobody here asks for anything else.
  ParameterFilters: z
    .tuple([
      z.strictObject({
        Key: z.literal('Path'),
        Option: z.literal('OneLevel'),
        Values: z.tuple([z.string().startsWith('/')]),
      }),
    ])
    .optional(),
  MaxResults: z.int().min(1).max(50).default(10),
  NextToken: z.string().optional(),
});

function listOperations(open: Open): Record<string, JsonOperation> {
  return {
    DescribeParameters: defineOperation(describeShape, (input, { region }) => {
      const path = input.ParameterFilters?.[0].Values[0];
      const all = open(region).names();
      const names = path === undefined ? all : all.filter(isBelow(path));
      const page = cutPage(names, (name) => name, input);
      return {
        Parameters: page.items.map((name) =>
          describeParameter(findVersion(open(region), name), region),
        ),
        NextToken: page.next,
      };
    }),
    GetParametersByPath: defineOperation(pathShape, (input, { region }) => {
      const names = open(region).names().filter(isBelow(input.Path, input.Recursive));
      const page = cutPage(names, (name) => name, input);
      const display = { region, decrypt: input.WithDecryption };
      return {
        Parameters: page.items.map((name) =>
          renderParameter(findVersion(open(region), name), display),
        ),
        NextToken: page.next,
      };
    }),
    GetParameterHistory: defineOperation(historyShape, (input, { region }) => {
      const history = open(region).get(input.Name);
      if (history === undefined) throw notFound(input.Name);
      const page = cutPage(history.versions, ({ version }) => String(version), input);
      return {
        Parameters: page.items.map((version) =>
          renderHistory({ name: history.name, version }, input.WithDecryption),
        ),
        NextToken: page.next,
      };
    }),
  };
}

function isBelow(path: string, isDeep = false): (name: string) => boolean {
  const folder = path.endsWith('/') ? path : `${path}/`;
  return (name) => name.startsWith(folder) && (isDeep || !name.slice(folder.length).includes('/'));
}

function deleteOperations(open: Open): Record<string, JsonOperation> {
  return {
    DeleteParameter: defineOperation(nameShape, ({ Name }, { region }) => {
      if (!open(region).remove(Name)) throw notFound(Name);
    }),
    DeleteParameters: defineOperation(namesShape, ({ Names: names }, { region }) => {
      const removed = names.filter((name) => open(region).remove(name));
      return {
        DeletedParameters: removed,
        InvalidParameters: names.filter((name) => !removed.includes(name)),
      };
    }),
  };
}
