import { fault, isFault } from '../../core/errors.ts'
import type { AwsAccess, AwsOptions } from '../../guardians/aws/open.ts'
import type { AwsCall, AwsDoor } from '../../remediation/aws.ts'

/** The service failed: it may have done what it was asked for. */
const unwell = /^(Internal|Service(Unavailable|Failure|Exception)|Unavailable|Unknown)/

/** The door by which fixes reach AWS. It opens, and loads the clients, at the first call. */
export function openAwsDoor(options: AwsOptions): { aws: AwsDoor; close(): Promise<void> } {
  let opened: Promise<{ access: AwsAccess; calls: typeof import('./aws-calls.ts')['awsCalls'] }> | null = null

  async function open() {
    const [{ openAws }, { awsCalls }] = await Promise.all([import('../../guardians/aws/open.ts'), import('./aws-calls.ts')])
    return { access: openAws(options), calls: awsCalls }
  }

  const aws: AwsDoor = async (place, call, input, { timeoutMs, signal }) => {
    opened ??= open()
    const { access, calls } = await opened
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
