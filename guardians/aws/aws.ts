import type { IamAction } from '../define.ts'

/** The door to AWS: the SDK's own commands, paced, counted and classified. One per target; see `open.ts`. */
export interface Aws {
  /**
   * Sends one command with a client of this account and region; clients are made once and kept.
   * @throws fault `aws-denied` (action), `aws-throttled`, `aws-absent` (no such resource), `aws-region-off`, `aws-unreachable`,
   * `aws-refused`, `aws-credentials`, `aws-undeclared`
   */
  send<Input extends object, Output>(client: AwsClientType, command: AwsCommand<Input, Output>, how?: SendOptions): Promise<Output>
}

export interface SendOptions {
  /** Another region than that of the target. */
  region?: string
  /** Set by the engine: IAM actions that may be used; absent: all. */
  calls?: readonly IamAction[]
  signal?: AbortSignal
}

/** A client class of the SDK: `EC2Client`. */
export type AwsClientType = new (settings: AwsClientSettings) => AwsClient

/** What the factory sets; regions, credentials and addresses are nobody else's matter. */
// biome-ignore lint/suspicious/noExplicitAny: the settings of each client are its own; they share region, credentials, endpoint, retries
export type AwsClientSettings = any

export interface AwsClient {
  // biome-ignore lint/suspicious/noExplicitAny: each client has its own union of commands
  send(command: any, options?: { abortSignal?: AbortSignal }): Promise<any>
  // biome-ignore lint/suspicious/noExplicitAny: what the SDK made of the settings
  readonly config: any
  destroy(): void
}

/** A command of the SDK: `new DescribeVolumesCommand({…})`. The type of its answer comes with it. */
export interface AwsCommand<Input extends object, Output> {
  readonly input: Input
  // biome-ignore lint/suspicious/noExplicitAny: the middleware stack of the SDK
  readonly middlewareStack: { add(middleware: any, options: any): void }
  // biome-ignore lint/suspicious/noExplicitAny: only the answer's type is wanted
  resolveMiddleware(...parts: any[]): (...args: any[]) => Promise<{ output: Output }>
}
