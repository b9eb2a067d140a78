import { fault, isFault } from '../../core/errors.ts'
import type { AwsAccess, AwsOptions } from '../../guardians/aws/open.ts'
import type { AwsCall, AwsDoor, AwsPlace } from '../../remediation/aws.ts'
import type { awsCalls } from './aws-calls.ts'

/** The service failed: it may have done what it was asked for. */
const unwell = /^(Internal|Service(Unavailable|Failure|Exception)|Unavailable|Unknown)/

/**
 * The door by which fixes reach AWS. It opens, and loads the clients, at the first call. An account without a role of its own for fixes
 * is reached only when the credentials that are there are of that account: names repeat from account to account.
 */
export function openAwsDoor(options: AwsOptions): { aws: AwsDoor; close(): Promise<void> } {
  let opened: Promise<{ access: AwsAccess; calls: typeof awsCalls }> | null = null

  async function open() {
    const [{ openAws }, calls] = await Promise.all([import('../../guardians/aws/open.ts'), import('./aws-calls.ts')])
    return { access: openAws(options), calls: calls.awsCalls }
  }

  let ours: string | null = null
  async function mustBeThere(access: AwsAccess, { account }: AwsPlace): Promise<void> {
    if (options.accounts?.some((one) => one.account === account && one.roleArn !== undefined)) return
    // Asked once; a failure is not kept.
    ours ??= (await access.whoAmI()).account
    if (ours === account) return
    throw fault('refused', {
      reason: `the credentials here are of account ${ours}, not of ${account}`,
      hint: 'Nothing was changed. Name a role that may, as fixRoleArn of that account in guardians.accounts.',
    })
  }

  const aws: AwsDoor = async (place, call, input, { timeoutMs, signal }) => {
    opened ??= open()
    const { access, calls } = await opened
    await mustBeThere(access, place)
    const [client, command] = calls[call]
    try {
      return await access.of(place).send(client, command(input), { calls: [call], signal })
    } catch (error) {
      if (signal.aborted && !isFault(error)) throw fault('deadline-passed', { what: call, timeoutMs }, error)
      throw changes(call) && leavesDoubt(error) ? fault('target-unreachable', { target: call, problem: error.message }, error) : error
    }
  }

  return {
    aws,
    async close() {
      const was = await opened?.catch(() => null)
      was?.access.close()
    },
  }
}

const changes = (call: AwsCall) => !call.includes(':Describe')

const leavesDoubt = (error: unknown): error is Error =>
  isFault(error, 'aws-unreachable') || (isFault(error, 'aws-refused') && unwell.test(String(error.details.code)))
