import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { causeChain, fault } from '../../core/errors.ts'
import { type Report, reportSchema } from '../../guardians/report.ts'
import { mergeReports } from '../../guardians/scan/merge.ts'
import type { GuardianEvent } from './lambda.ts'

export interface Invoker {
  /** One guardian to its end: as many invocations as it takes. @throws fault `guardian-failed` */
  invoke(guardian: string, event: GuardianEvent, signal?: AbortSignal): Promise<Report>
  close(): void
}

/** More shards than this: it does not come to an end. */
const shardsMax = 96

/** Invokes the Lambdas, with the credentials that are here. An invocation that fails is not repeated by us: it costs, and the next day comes. */
export function openInvoker({ prefix, region, endpoint }: { prefix: string; region: string; endpoint?: string }): Invoker {
  const client = new LambdaClient({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: 2,
    // Lambda answers after up to 15 minutes.
    requestHandler: { requestTimeout: 16 * 60_000, connectionTimeout: 10_000 },
  })
  return {
    async invoke(guardian, event, signal) {
      const shards: Report[] = []
      let checkpoint: unknown
      do {
        if (shards.length >= shardsMax) throw failed(guardian, `it was not at its end after ${shardsMax} invocations`)
        const shard = await once(
          client,
          `${prefix}${guardian}`,
          guardian,
          checkpoint === undefined ? event : { ...event, checkpoint },
          signal,
        )
        shards.push(shard)
        checkpoint = shard.checkpoint
      } while (checkpoint !== undefined)
      return mergeReports(shards)
    },
    close: () => client.destroy(),
  }
}

async function once(client: LambdaClient, name: string, guardian: string, event: GuardianEvent, signal?: AbortSignal): Promise<Report> {
  const answer = await client
    .send(
      new InvokeCommand({ FunctionName: name, Payload: new TextEncoder().encode(JSON.stringify(event)) }),
      signal ? { abortSignal: signal } : {},
    )
    .catch((error: unknown) => {
      throw failed(guardian, causeChain(error), error)
    })
  const text = new TextDecoder().decode(answer.Payload)
  if (answer.FunctionError !== undefined) throw failed(guardian, `${answer.FunctionError}: ${text.slice(0, 500)}`)
  const report = reportSchema.safeParse(parsed(text))
  if (!report.success)
    throw failed(guardian, `its answer is no report: ${report.error.issues[0]?.path.join('.')} ${report.error.issues[0]?.message}`)
  return report.data
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const failed = (guardian: string, problem: string, cause?: unknown) => fault('guardian-failed', { guardian, problem }, cause)
