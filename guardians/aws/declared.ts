import type { IamAction } from '../define.ts'
import type { Aws } from './aws.ts'

/** The same door for one unit: what it did not declare is a fault `aws-undeclared`, because the policies are generated from there. */
export const declared = (aws: Aws, calls: readonly IamAction[], signal?: AbortSignal): Aws => ({
  send: (client, command, how = {}) => aws.send(client, command, { ...how, calls, signal: how.signal ?? signal }),
})
