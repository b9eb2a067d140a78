import { CloudWatchLogsClient, GetQueryResultsCommand, type ResultField, StartQueryCommand } from '@aws-sdk/client-cloudwatch-logs'
import { sleep } from '../../core/clock.ts'
import { fault, isFault } from '../../core/errors.ts'
import { defineDetail, type Sources } from '../define.ts'
import { type FunctionTraffic, trafficDays } from './function-traffic.ts'

export type MemoryUse =
  /** Calls with the memory that it has now, within the last so many hours. */
  | { windowHours: number; invocations: number; maxUsedMB: number; billedSeconds: number }
  /** Why it cannot be told. */
  | { missing: string }

/** A look back costs $0.005 for each GiB that is read: as far as one GiB of the group goes. */
const windowsHours = [trafficDays * 24, 24, 1] as const
const readBytesMax = 2 ** 30
const answerWithinMs = 180_000

/** What Lambda says at the end of each call: as text, or as JSON where the function logs so. Shared groups name the function in the stream. */
const reportLines = `filter @type = "REPORT" or type = "platform.report"
| parse @logStream /^\\d+\\/\\d+\\/\\d+\\/(?<fn>[^\\[]*)\\[/
| stats count(*) as calls, max(@maxMemoryUsed) as usedBytes, max(record.metrics.maxMemoryUsedMB) as usedMB,
  sum(@billedDuration) as billedMs, sum(record.metrics.billedDurationMs) as billedMsJson
  by @log, fn, @memorySize, record.metrics.memorySizeMB`

/** Memory that functions really used, by CloudWatch Logs Insights over up to 50 log groups at once. */
export const memoryUse = defineDetail<FunctionTraffic, MemoryUse>('memory-use', {
  calls: ['logs:StartQuery', 'logs:GetQueryResults'],
  atOnce: 50,
  async get(sources, rows) {
    const uses = new Map<string, MemoryUse>()
    // How much would be read is not known: nothing is.
    for (const { arn, missing } of rows) if (missing !== null) uses.set(arn, { missing })
    for (const windowHours of windowsHours) {
      const asked = rows.filter((row) => row.missing === null && windowOf(row) === windowHours)
      if (asked.length === 0) continue
      const { lines, refused } = await ask(sources, [...new Set(asked.map(({ logGroup }) => logGroup))], windowHours)
      for (const row of asked) {
        const missing = refused.get(row.logGroup)
        uses.set(row.arn, missing ? { missing } : useOf(row, lines, windowHours))
      }
    }
    return uses
  },
})

const windowOf = ({ logBytes }: FunctionTraffic): number =>
  windowsHours.find((hours) => ((logBytes ?? Number.POSITIVE_INFINITY) * hours) / (trafficDays * 24) <= readBytesMax) ?? 1

type Line = Readonly<Record<string, string>>
interface Asked {
  lines: Line[]
  /** By log group. */
  refused: Map<string, string>
}

/** One group that is gone, or of a class that cannot be asked, has the whole question refused: then each half is asked by itself. */
async function ask(sources: Sources, groups: readonly string[], windowHours: number): Promise<Asked> {
  try {
    return { lines: await answerOf(sources, groups, windowHours), refused: new Map() }
  } catch (error) {
    if (!isFault(error, 'aws-absent') && !isInvalid(error)) throw error
    if (groups.length === 1) {
      const [group = ''] = groups
      return { lines: [], refused: new Map([[group, `${isInvalid(error) ? 'queries in' : 'log group'} ${group}`]]) }
    }
    const half = Math.ceil(groups.length / 2)
    const first = await ask(sources, groups.slice(0, half), windowHours)
    const second = await ask(sources, groups.slice(half), windowHours)
    return { lines: [...first.lines, ...second.lines], refused: new Map([...first.refused, ...second.refused]) }
  }
}

const isInvalid = (error: unknown): boolean => isFault(error, 'aws-refused') && error.details.code === 'InvalidParameterException'

async function answerOf({ aws, clock, signal }: Sources, groups: readonly string[], windowHours: number): Promise<Line[]> {
  const endTime = Math.floor(clock.now() / 1_000)
  const { queryId } = await aws.send(
    CloudWatchLogsClient,
    new StartQueryCommand({
      ...{ logGroupNames: [...groups], queryString: reportLines, limit: 10_000 },
      ...{ startTime: endTime - windowHours * 3_600, endTime },
    }),
  )
  const deadline = clock.monotonic() + answerWithinMs
  for (let waitMs = 500; clock.monotonic() < deadline && !signal?.aborted; waitMs = Math.min(waitMs * 2, 8_000)) {
    await sleep(clock, waitMs, signal)
    const { status, results = [] } = await aws.send(CloudWatchLogsClient, new GetQueryResultsCommand({ queryId }))
    if (status === 'Complete') return results.map(lineOf)
    if (status !== 'Running' && status !== 'Scheduled') throw fault('query-failed', { what: 'CloudWatch Logs Insights', problem: status })
  }
  throw fault('deadline-passed', { what: 'CloudWatch Logs Insights', timeoutMs: answerWithinMs })
}

const lineOf = (fields: ResultField[]): Line => Object.fromEntries(fields.map(({ field, value }) => [field ?? '', value ?? '']))

/** Insights counts a megabyte as 1,000,000 bytes. `@log` is `account:group`. */
function useOf({ name, logGroup, memoryMB }: FunctionTraffic, lines: readonly Line[], windowHours: number): MemoryUse {
  const own = lines.filter((line) => {
    const sizeMB = line['@memorySize'] ? Number(line['@memorySize']) / 1_000_000 : Number(line['record.metrics.memorySizeMB'])
    const group = line['@log']?.replace(/^\d{12}:/, '')
    return group === logGroup && Math.round(sizeMB) === memoryMB && (line.fn ? line.fn === name : logGroup === `/aws/lambda/${name}`)
  })
  if (own.length === 0) return { missing: `REPORT lines in ${logGroup}` }
  const sum = (key: string) => own.reduce((total, line) => total + Number(line[key] || 0), 0)
  return {
    windowHours,
    invocations: sum('calls'),
    maxUsedMB: Math.max(...own.map((line) => Math.round(line.usedBytes ? Number(line.usedBytes) / 1_000_000 : Number(line.usedMB || 0)))),
    billedSeconds: (sum('billedMs') + sum('billedMsJson')) / 1_000,
  }
}
