import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import type { Clock } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import type { Aws } from './aws.ts'
import { homeRegionOf } from './regions.ts'

/** Credentials as the SDK wants them. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}

export type CredentialsProvider = () => Promise<Credentials>

export interface AccountAccess {
  account: string
  /** Assumed for this account; absent: the credentials that are there. */
  roleArn?: string
  externalId?: string
}

const renewBeforeMs = 5 * 60_000
/** A refusal stands so long: every check of the account would ask again. */
const refusalStandsMs = 60_000

/** Assumes the role of one account, once for all clients, until shortly before it expires. `base` has the credentials that are there. */
export function roleCredentials({ account, roleArn, externalId }: AccountAccess, base: () => Aws, clock: Clock): CredentialsProvider {
  let held: { credentials: Promise<Credentials>; until: number } | undefined

  async function assume(): Promise<Credentials> {
    const command = new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: 'jidoka-guardians',
      ExternalId: externalId,
      DurationSeconds: 3_600,
    })
    const region = homeRegionOf(roleArn?.split(':')[1] ?? 'aws')
    const { Credentials: made } = await base().send(STSClient, command, { region })
    if (!made?.AccessKeyId || !made.SecretAccessKey)
      throw fault('aws-credentials', { account, region, call: 'sts:AssumeRole', code: 'Empty', problem: 'AssumeRole gave none' })
    return {
      ...{ accessKeyId: made.AccessKeyId, secretAccessKey: made.SecretAccessKey, sessionToken: made.SessionToken },
      expiration: made.Expiration,
    }
  }

  return async () => {
    if (held && clock.now() < held.until) return held.credentials
    const credentials = assume()
    const holding = { credentials, until: Number.POSITIVE_INFINITY }
    held = holding
    credentials.then(
      ({ expiration }) => {
        holding.until = (expiration?.getTime() ?? clock.now() + 3_600_000) - renewBeforeMs
      },
      () => {
        holding.until = clock.now() + refusalStandsMs
      },
    )
    return credentials
  }
}
