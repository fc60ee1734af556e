import * as z from 'zod';
import type { EventType } from './event.ts';

const overridesShape = z.strictObject({
  hostHeader: z.string().optional(),
  sni: z.string().optional(),
  allowedCertificateNames: z.array(z.string()).optional(),
});
const propertiesShape = overridesShape.extend({
  domainName: z.string().optional(),
  originPath: z.string().optional(),
  customHeaders: z.record(z.string(), z.string()).optional(),
  connectionAttempts: z.number().optional(),
  originAccessControlConfig: z
    .union([
      z.strictObject({
        enabled: z.literal(true),
        signingBehavior: z.enum(['always', 'never', 'no-override']),
        signingProtocol: z.literal('sigv4'),
        originType: z.enum(['s3', 'mediapackagev2', 'mediastore', 'lambda']),
      }),
      z.object({ enabled: z.literal(false) }),
    ])
    .optional(),
  timeouts: z
    .strictObject({
      readTimeout: z.number().optional(),
      responseCompletionTimeout: z.number().optional(),
      keepAliveTimeout: z.number().optional(),
      connectionTimeout: z.number().optional(),
    })
    .optional(),
  customOriginConfig: z
    .strictObject({
      port: z.union([z.number(), z.string()]),
      protocol: z.enum(['http', 'https']),
      sslProtocols: z.array(z.enum(['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2'])),
    })
    .optional(),
});
const memberShape = z.union([
  z.string(),
  z.strictObject({ originId: z.string(), originOverrides: overridesShape.optional() }),
]);

/** What each helper takes. */
const SHAPES = {
  updateRequestOrigin: z.tuple([propertiesShape]),
  selectRequestOriginById: z.tuple([z.string(), overridesShape.nullish()]),
  createRequestOriginGroup: z.tuple([
    z.strictObject({
      originIds: z.tuple([memberShape, memberShape]),
      failoverCriteria: z.strictObject({ statusCodes: z.array(z.number()) }),
      selectionCriteria: z.literal('default').optional(),
    }),
  ]),
} as const;

export type OriginHelper = keyof typeof SHAPES;
export const ORIGIN_HELPERS = Object.keys(SHAPES) as readonly OriginHelper[];

export type OriginOverrides = z.output<typeof overridesShape>;
export type OriginProperties = z.output<typeof propertiesShape>;

export interface SelectedOrigin {
  readonly id: string;
  readonly overrides: OriginOverrides;
}

/** The origin that a viewer-request function chose, in the place of its behaviour's. */
export type OriginChange =
  | { readonly kind: 'update'; readonly properties: OriginProperties }
  | { readonly kind: 'select'; readonly origin: SelectedOrigin }
  | {
      readonly kind: 'group';
      readonly members: readonly [SelectedOrigin, SelectedOrigin];
      readonly statusCodes: readonly number[];
    };

export interface OriginCallContext {
  readonly eventType: EventType;
  /** Of the distribution; undefined in a test, which has none. */
  readonly originIds: ReadonlySet<string> | undefined;
}

/** Reads one call of a helper. Throws what the call throws in the function. */
export function readOriginChange(
  helper: OriginHelper,
  args: unknown,
  { eventType, originIds }: OriginCallContext,
): OriginChange {
  if (eventType !== 'viewer-request') {
    throw new Error(`${helper}: only a viewer-request function can change the origin`);
  }
  const change = parseCall(helper, args);
  const named =
    change.kind === 'group' ? change.members : change.kind === 'select' ? [change.origin] : [];
  const unknown = named.find(({ id }) => originIds !== undefined && !originIds.has(id));
  if (unknown === undefined) return change;
  throw new Error(`${helper}: the distribution has no origin ${JSON.stringify(unknown.id)}`);
}

function parseCall(helper: OriginHelper, args: unknown): OriginChange {
  if (helper === 'updateRequestOrigin') {
    const [properties] = parse(SHAPES[helper], helper, args);
    return { kind: 'update', properties };
  }
  if (helper === 'selectRequestOriginById') {
    const [id, overrides] = parse(SHAPES[helper], helper, args);
    return { kind: 'select', origin: { id, overrides: overrides ?? {} } };
  }
  const [{ originIds, failoverCriteria }] = parse(SHAPES[helper], helper, args);
  const [primary, secondary] = originIds;
  const members = [toSelected(primary), toSelected(secondary)] as const;
  return { kind: 'group', members, statusCodes: failoverCriteria.statusCodes };
}

function toSelected(member: z.output<typeof memberShape>): SelectedOrigin {
  if (typeof member === 'string') return { id: member, overrides: {} };
  return { id: member.originId, overrides: member.originOverrides ?? {} };
}

function parse<Shape extends z.ZodType>(
  shape: Shape,
  helper: OriginHelper,
  args: unknown,
): z.output<Shape> {
  const parsed = shape.safeParse(args);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'invalid' };
  throw new Error(`${helper}: ${path.join('.') || 'the arguments'}: ${message}`);
}
