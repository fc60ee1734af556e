/**
 * The SDK's clients, for `context.ts` alone; each SDK is loaded when its first client is asked for. From
 * files of their own, by name: of an SDK only what is used gets into a bundle.
 */

export const createS3 = async (region?: string) =>
  (await import('./s3/client.ts')).createS3(region);
export const createSsm = async (region?: string) =>
  (await import('./ssm/client.ts')).createSsm(region);
export const createCloudFormation = async (region?: string) =>
  (await import('./cloudformation/client.ts')).createCloudFormation(region);
export const createCloudWatch = async (region?: string) =>
  (await import('./cloudwatch/client.ts')).createCloudWatch(region);
export const createLogs = async () => (await import('./logs/client.ts')).createLogs();
export const createCloudFront = async () =>
  (await import('./cloudfront/client.ts')).createCloudFront();
export const createKeyValueStore = async () =>
  (await import('./keyvaluestore/client.ts')).createKeyValueStore();
export const createSts = async () => (await import('./sts/client.ts')).createSts();
export const createIam = async () => (await import('./iam/client.ts')).createIam();
export const createEventBridge = async (region?: string) =>
  (await import('./eventbridge/client.ts')).createEventBridge(region);
export const createServiceQuotas = async () =>
  (await import('./servicequotas/client.ts')).createServiceQuotas();
export const createLambda = async () => (await import('./lambda/client.ts')).createLambda();

/** One client per region, however many ports share it; without a region, one. */
export function oncePerRegion<T>(
  create: (region?: string) => Promise<T>,
): (region?: string) => Promise<T> {
  const created = new Map<string | undefined, Promise<T>>();
  return (region) => {
    const present = created.get(region) ?? create(region);
    created.set(region, present);
    return present;
  };
}
