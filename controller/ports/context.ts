import type { AlarmHistory } from './alarm-history.ts';
import type { Alarms } from './alarms.ts';
import type { Attestations } from './attestations.ts';
import type { AttestedBuilds } from './attested-builds.ts';
import type { BuildStore } from './build-store.ts';
import type { CollectionStore } from './collection-store.ts';
import type { Distributions } from './distributions.ts';
import type { EdgeBundler } from './edge-bundler.ts';
import type { CodeArchive, CodeRecordStore, EdgeCode, FunctionMetrics } from './edge-code.ts';
import type { FastLaneCode } from './fast-lane-code.ts';
import type { FastLane } from './fast-lane.ts';
import type { Files } from './files.ts';
import type { GitHub } from './github.ts';
import type { Inspection } from './inspection.ts';
import type { Measurements } from './measurements.ts';
import type { KeyStore } from './key-store.ts';
import type { LambdaCode } from './lambda-code.ts';
import type { PageStore } from './page-store.ts';
import type { ParameterStore } from './parameter-store.ts';
import type { PolicyCopies } from './policy-copies.ts';
import type { Probe } from './probe.ts';
import type { SecretStore } from './secret-store.ts';
import type { PublishNotes } from './publish-notes.ts';
import type { RecordStore } from './record-store.ts';
import type { RouteStore } from './route-store.ts';
import type { Signals } from './signals.ts';
import type { Stacks } from './stacks.ts';
import type { Clock, Surroundings } from './surroundings.ts';
import type { Teardown } from './teardown.ts';
import type { Terminal } from './terminal.ts';
import type { UntrustedBuilds } from './untrusted-builds.ts';
import type { UnfinishedUploads } from './unfinished-uploads.ts';
import type { UploadStore } from './upload-store.ts';
import type { VisitorLog } from './visitor-log.ts';
import type { Webhook } from './webhook.ts';

/** A bucket and its region; undefined: the region of the environment (AWS_REGION, AWS_DEFAULT_REGION, the profile). */
export interface Place {
  readonly bucket: string;
  readonly region: string | undefined;
  /** Where an app's builds lie in it; undefined: below `<app>/builds/`. */
  readonly root?: string | undefined;
  /** What creates objects in it; undefined: the lean engine. */
  readonly engine?: Engine | undefined;
}

/** `lean` does without most of the SDK, and is faster; both do the same. */
export type Engine = 'lean' | 'sdk';

/** Everything outside that a command may use. Built once, in `context.ts`. */
export interface Context {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly surroundings: Surroundings;
  readonly signals: Signals;
  readonly files: Files;
  readonly probe: Probe;
  readonly webhook: Webhook;
  /** Asked only where a run of GitHub says which repository: `surroundings.github()`. */
  readonly github: GitHub;
  readonly bundler: EdgeBundler;
  readonly alarms: Alarms;
  readonly alarmHistory: AlarmHistory;
  readonly visitorLog: VisitorLog;
  readonly routes: RouteStore;
  readonly edgeCode: EdgeCode;
  readonly lambdaCode: LambdaCode;
  readonly fastLane: FastLane;
  readonly distributions: Distributions;
  readonly inspection: Inspection;
  readonly measurements: Measurements;
  readonly fastLaneCode: FastLaneCode;
  readonly teardown: Teardown;
  stacks(region: string): Stacks;
  builds(place: Place): BuildStore;
  uploads(place: Place): UploadStore;
  attested(place: Place): AttestedBuilds;
  /** Absent: this run verifies nothing, and leaves it to those that can. */
  readonly attestations?: Attestations;
  publishNotes(place: Place): PublishNotes;
  untrustedBuilds(place: Place): UntrustedBuilds;
  pages(place: Place): PageStore;
  records(place: Place): RecordStore;
  policyCopies(place: Place): PolicyCopies;
  readonly functionMetrics: FunctionMetrics;
  collections(place: Place): CollectionStore;
  unfinishedUploads(place: Place): UnfinishedUploads;
  archive(place: Place): CodeArchive;
  codeRecords(place: Place): CodeRecordStore;
  parameters(region: string): ParameterStore;
  keys(region: string): KeyStore;
  secrets(region: string): SecretStore;
}
