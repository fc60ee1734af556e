import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { RESOURCE_TYPES } from '../../../../controller/local/cloudformation/resources/all.ts';
import { full } from '../../../depth.ts';

type SpecDatabase = Awaited<ReturnType<typeof loadAwsServiceSpec>>;
type Properties = ReturnType<typeof findResource>['properties'];

const TYPES = [...RESOURCE_TYPES.values()];

// What AWS says itself: the schemas of its resource types.
describe.runIf(full)('resource types', async () => {
  const database = await loadAwsServiceSpec();

  it.each(TYPES)('$type has only properties and attributes that AWS has', (type) => {
    const resource = findResource(database, type.type);
    const known = new Set(Object.keys(resource.attributes));
    // Some types have what identifies them among the properties that can only be read.
    const attributes = type.attributes.filter((name) => !known.has(name));
    expect(attributes.filter((name) => !Object.hasOwn(resource.properties, name))).toEqual([]);
    expect(findOdd(database, type.shape, resource.properties)).toEqual([]);
  });

  it('a member that AWS does not have is found at any depth', () => {
    const origin = z.strictObject({ Id: z.string(), Nowhere: z.string() });
    const shape = z.strictObject({
      DistributionConfig: z.strictObject({ Origins: z.array(origin).optional() }),
    });
    const { properties } = findResource(database, 'AWS::CloudFront::Distribution');
    expect(findOdd(database, shape, properties)).toEqual(['DistributionConfig.Origins.Nowhere']);
  });

  it.each(TYPES)('$type is made anew where AWS makes it anew', (type) => {
    const { properties } = findResource(database, type.type);
    const ours = Object.keys((type.shape as z.ZodObject).shape);
    const replacing = ours.filter((name) => properties[name]?.causesReplacement === 'yes');
    expect(type.createOnly.toSorted()).toEqual(replacing.toSorted());
  });
});

function findResource(database: SpecDatabase, type: string) {
  return database.lookup('resource', 'cloudFormationType', 'equals', type).only();
}

/** Paths of members that the schema doesn't have. */
function findOdd(
  database: SpecDatabase,
  shape: z.ZodType,
  properties: Properties,
): readonly string[] {
  const { shape: members } = shape as z.ZodObject;
  return Object.entries(members).flatMap(([name, member]) => {
    const property = properties[name];
    if (property === undefined) return [name];
    const below = unwrap(member as z.ZodType);
    const described = propertiesOf(database, property.type);
    if (!(below instanceof z.ZodObject) || described === undefined) return [];
    return findOdd(database, below, described).map((path) => `${name}.${path}`);
  });
}

/** What a list holds, what may be left out. */
function unwrap(shape: z.ZodType): z.ZodType {
  if (shape instanceof z.ZodOptional) return unwrap(shape.unwrap() as z.ZodType);
  if (shape instanceof z.ZodArray) return unwrap(shape.element as z.ZodType);
  return shape;
}

function propertiesOf(
  database: SpecDatabase,
  type: Properties[string]['type'],
): Properties | undefined {
  if (type.type === 'array') return propertiesOf(database, type.element);
  if (type.type !== 'ref') return undefined;
  return database.get('typeDefinition', type.reference.$ref).properties;
}
