/** The code of the Lambda function that guards and advances without GitHub. */
export interface FastLaneCode {
  /** Of the code that came with this version of Headgate, as Lambda counts it. */
  digest(): Promise<string>;
  /** Of what that function runs; undefined: there is no such function. */
  readDigest(name: string): Promise<string | undefined>;
  /** Puts this version's code there, and waits until it runs. */
  upload(name: string): Promise<void>;
}
