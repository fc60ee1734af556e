/** Where regions are, in degrees: near enough to tell which of two is nearer. */
const PLACES: Readonly<Record<string, readonly [latitude: number, longitude: number]>> = {
  'us-east-1': [39, -77],
  'us-east-2': [40, -83],
  'us-west-1': [37, -122],
  'us-west-2': [46, -119],
  'ca-central-1': [45, -74],
  'ca-west-1': [51, -114],
  'mx-central-1': [21, -100],
  'sa-east-1': [-24, -47],
  'eu-west-1': [53, -6],
  'eu-west-2': [52, 0],
  'eu-west-3': [49, 2],
  'eu-central-1': [50, 9],
  'eu-central-2': [47, 9],
  'eu-north-1': [59, 18],
  'eu-south-1': [45, 9],
  'eu-south-2': [42, -1],
  'af-south-1': [-34, 18],
  'il-central-1': [32, 35],
  'me-south-1': [26, 51],
  'me-central-1': [25, 55],
  'ap-south-1': [19, 73],
  'ap-south-2': [17, 78],
  'ap-east-1': [22, 114],
  'ap-southeast-1': [1, 104],
  'ap-southeast-2': [-34, 151],
  'ap-southeast-3': [-6, 107],
  'ap-southeast-4': [-38, 145],
  'ap-southeast-5': [3, 102],
  'ap-southeast-7': [14, 101],
  'ap-northeast-1': [36, 140],
  'ap-northeast-2': [37, 127],
  'ap-northeast-3': [35, 135],
};

/** The replica to ask from a region: its own, else the nearest on the map, else the first. */
export function nearestReplica(region: string, replicas: readonly string[]): string | undefined {
  if (replicas.includes(region)) return region;
  const here = PLACES[region];
  if (here === undefined) return replicas[0];
  const distanceTo = (replica: string) => {
    const there = PLACES[replica];
    return there === undefined ? Infinity : angleBetween(here, there);
  };
  return replicas.toSorted((a, b) => distanceTo(a) - distanceTo(b))[0];
}

/** On the globe, in radians: Tokyo is nearer to Oregon than to Frankfurt. */
function angleBetween(
  [latitude, longitude]: readonly [number, number],
  [otherLatitude, otherLongitude]: readonly [number, number],
): number {
  const [a, b] = [toRadians(latitude), toRadians(otherLatitude)];
  const apart = Math.cos(toRadians(longitude - otherLongitude));
  return Math.acos(Math.min(1, Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * apart));
}

function toRadians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
