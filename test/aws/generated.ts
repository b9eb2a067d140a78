import type { Random } from '../../core/random.ts'
import { type Answer, type Answers, type RecordedCall, refused } from './recorded.ts'

/**
 * An account of any size, answered page by page in wire format without being kept anywhere. Every tenth volume is attached to
 * nothing, every tenth is attached and never used; every tenth log group was last written to long ago; every tenth snapshot is old.
 */
export interface GeneratedAccount {
  volumes?: number
  snapshots?: number
  logGroups?: number
  /** Epoch ms. */
  now: number
}

const account = '123456789012'
const dayMs = 86_400_000
const iso = (ms: number) => new Date(ms).toISOString()
const idOf = (kind: string, index: number) => `${kind}-${index.toString(16).padStart(17, '0')}`

export function generatedAccount({ volumes = 0, snapshots = 0, logGroups = 0, now }: GeneratedAccount): Answers {
  const made = iso(now - 60 * dayMs)
  const volume = (index: number) =>
    `<item><volumeId>${idOf('vol', index)}</volumeId><size>100</size><volumeType>gp3</volumeType><iops>3000</iops><encrypted>true</encrypted><createTime>${made}</createTime>` +
    `${index % 10 === 0 ? '' : `<attachmentSet><item><instanceId>${idOf('i', index)}</instanceId><attachTime>${made}</attachTime><status>attached</status></item></attachmentSet>`}` +
    `<tagSet><item><key>Name</key><value>data ${index}</value></item><item><key>owner</key><value>team-${index % 7}</value></item></tagSet></item>`
  const snapshot = (index: number) =>
    `<item><snapshotId>${idOf('snap', index)}</snapshotId><volumeId>${idOf('vol', index % Math.max(1, volumes))}</volumeId><volumeSize>100</volumeSize><status>completed</status>` +
    `<startTime>${iso(now - (index % 10 === 0 ? 200 : 1) * dayMs)}</startTime></item>`
  return {
    DescribeVolumes: ec2Pages('DescribeVolumes', 'volumeSet', volumes, volume),
    DescribeSnapshots: ec2Pages('DescribeSnapshots', 'snapshotSet', snapshots, snapshot),
    DescribeImages: ec2Pages('DescribeImages', 'imagesSet', 0, String),
    DescribeInstances: ec2Pages('DescribeInstances', 'reservationSet', 0, String),
    DescribeLaunchTemplateVersions: ec2Pages('DescribeLaunchTemplateVersions', 'launchTemplateVersionSet', 0, String),
    'GET /2015-03-31/functions': JSON.stringify({ Functions: [] }),
    'GET /2015-03-31/functions/': JSON.stringify({ Functions: [] }),
    GetCallerIdentity: `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account><Arn>arn:aws:iam::${account}:user/generated</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    DescribeLogGroups: ({ input }) =>
      jsonPage(input, logGroups, (index) => ({
        ...{ logGroupName: `/app/${index}`, storedBytes: 2 ** 30, creationTime: now - 400 * dayMs, retentionInDays: 400 },
      })),
    GetMetricData: ({ input }) => JSON.stringify(metricAnswer(input as unknown as MetricInput)),
  }
}

const ec2Pages =
  (operation: string, set: string, total: number, item: (index: number) => string): Answer =>
  ({ input }) => {
    const from = Number(input.NextToken ?? 0)
    const to = Math.min(total, from + Number(input.MaxResults ?? 1_000))
    const items = Array.from({ length: to - from }, (_, at) => item(from + at)).join('')
    const next = to < total ? `<nextToken>${to}</nextToken>` : ''
    return `<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><${set}>${items}</${set}>${next}</${operation}Response>`
  }

function jsonPage(input: Record<string, unknown>, total: number, item: (index: number) => object): string {
  const from = Number(input.nextToken ?? 0)
  const to = Math.min(total, from + Number(input.limit ?? 50))
  return JSON.stringify({
    logGroups: Array.from({ length: to - from }, (_, at) => item(from + at)),
    ...(to < total ? { nextToken: String(to) } : {}),
  })
}

interface MetricInput {
  StartTime: number
  EndTime: number
  MetricDataQueries: { Id: string; MetricStat: { Period: number; Metric: { Dimensions: { Value: string }[] } } }[]
}

/** Its number is in its id: what ends with 1 was never used. */
const indexOf = (id: string): number => (id.startsWith('/app/') ? Number(id.slice(5)) : Number.parseInt(id.split('-')[1] ?? '0', 16))

function metricAnswer({ StartTime, EndTime, MetricDataQueries }: MetricInput) {
  return {
    Messages: [],
    MetricDataResults: MetricDataQueries.map(({ Id, MetricStat: { Period, Metric } }) => {
      const idle = indexOf(Metric.Dimensions[0]?.Value ?? '') % 10 === 1
      const times = idle ? [] : Array.from({ length: Math.round((EndTime - StartTime) / Period) }, (_, at) => StartTime + at * Period)
      return { Id, Label: Id, Timestamps: times, Values: times.map(() => 1_000), StatusCode: 'Complete' }
    }),
  }
}

/** The same account on a bad day: some calls are throttled, some are refused. */
export function withFaults(
  answers: Answers,
  { throttled = 0, denied = 0 }: { throttled?: number; denied?: number },
  random: Random,
): Answers {
  const faulty = (operation: string, answer: Answer): Answer => {
    const xml = operation.startsWith('Describe') && operation !== 'DescribeLogGroups' ? { xml: 'ec2' as const } : {}
    return (call: RecordedCall) => {
      const chance = random.next()
      const told =
        chance < throttled
          ? refused(xml.xml ? 'RequestLimitExceeded' : 'ThrottlingException', 'slower', xml)
          : chance < throttled + denied
            ? refused(xml.xml ? 'UnauthorizedOperation' : 'AccessDeniedException', 'not you', xml)
            : answer
      return typeof told === 'function' ? told(call) : told
    }
  }
  return Object.fromEntries(
    Object.entries(answers).map(([operation, answer]) => [operation, faulty(operation, Array.isArray(answer) ? answer[0] : answer)]),
  )
}
