/**
 * Headers or cookies by lower-case name, in the shape of CloudFront Functions, so that the
 * smallest runtime has nothing to convert.
 */
export type Fields = Readonly<Record<string, Field | undefined>>;

export interface Field {
  readonly value: string;
  /** Of a cookie that is set. */
  readonly attributes?: string;
  /** All values of a repeated name, the first one included. */
  readonly multiValue?: readonly Field[];
}

/** Empty when there is none. */
export function readField(fields: Fields, name: string): string {
  const field = fields[name];
  return field ? field.value : '';
}
