import { motoAccount } from '../moto.ts'
import type { RecordedCall } from '../recorded.ts'
import type { Told } from './told.ts'

/** An answer that is not moto's own. */
export interface Recording {
  /** What moto lacks or does badly; printed with the operation, so that nobody takes the answer for moto's. */
  why: string
  /** Instead of moto. */
  answer?(call: RecordedCall, told: Told): string
  /** On its way to moto: which part of the question it gets. Its answer goes through `mend`. */
  ask?(call: RecordedCall, told: Told): unknown
  mend?(answer: string, call: RecordedCall, told: Told): string
}

const query = (operation: string, inner: string) =>
  `<${operation}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${operation}Result>${inner}</${operation}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></${operation}Response>`

/** Every answer that the front does not take from moto as it is. Dates of creation are another matter: see era.ts. */
export const recordings: Readonly<Record<string, Recording>> = {
  'monitoring GetMetricData': {
    why: 'moto has no percentiles, and fails the whole question that asks for one; all other statistics are moto’s own',
    ask: (call) => ({ ...call.input, MetricDataQueries: queriesOf(call).filter((one) => !isPercentile(one)) }),
    mend(answer, call, told) {
      const given = JSON.parse(answer) as { MetricDataResults: object[] }
      const percentiles = queriesOf(call).filter(isPercentile)
      return JSON.stringify({
        ...given,
        MetricDataResults: [...given.MetricDataResults, ...percentiles.map((one) => percentileOf(one, call, told))],
      })
    },
  },
  'ec2 DescribeSnapshots': {
    why: 'moto answers with a thousand snapshots of others, whoever is asked for, and knows no filter of those that are public',
    mend: (answer, { input }) =>
      input['Owner.1'] === 'self'
        ? eachItem(answer, 'snapshotSet', (item) => (item.includes(`<ownerId>${motoAccount}<`) ? item : ''))
        : answer,
  },
  'ec2 DescribeNetworkInterfaces': {
    why: 'moto leaves the interface of a NAT gateway unattached, as if somebody had forgotten it',
    mend: (answer) =>
      eachItem(answer, 'networkInterfaceSet', (item) =>
        item.includes('<association>') && !item.includes('<attachment>')
          ? item
              .replace('<status>available<', '<status>in-use<')
              .replace('<requesterManaged>false<', '<requesterManaged>true<')
              .replace('<interfaceType>interface<', '<interfaceType>nat_gateway<')
          : item,
      ),
  },
  'lambda GET /2016-08-19/account-settings': {
    why: 'moto has no GetAccountSettings',
    answer: (_, { concurrency }) =>
      JSON.stringify({
        AccountLimit: {
          ...{ TotalCodeSize: 80_530_636_800, CodeSizeUnzipped: 262_144_000, CodeSizeZipped: 52_428_800 },
          ...{ ConcurrentExecutions: concurrency.concurrent, UnreservedConcurrentExecutions: concurrency.unreserved },
        },
        AccountUsage: { TotalCodeSize: 0, FunctionCount: 0 },
      }),
  },
  'lambda GET /2019-09-25/functions/*/event-invoke-config/list': {
    why: 'moto writes the time of a destination as text, which the SDK cannot read',
    mend: (answer) => answer.replaceAll(/("LastModified":\s*)"[^"]*"/g, (_, key: string) => `${key}${Math.floor(Date.now() / 1_000)}`),
  },
  'logs StartQuery': { why: 'moto reckons no sums over REPORT lines', answer: () => '{"queryId":"q-1"}' },
  'logs GetQueryResults': { why: 'as above: the sums of REPORT lines', answer: (_, told) => JSON.stringify(reportLines(told)) },
  'rds DescribePendingMaintenanceActions': {
    why: 'moto has none',
    answer: ({ input }, { maintenance }) => query('DescribePendingMaintenanceActions', maintenanceFor(input, maintenance)),
  },
  'rds DescribeDBMajorEngineVersions': {
    why: 'moto has none',
    answer: (_, { support }) => query('DescribeDBMajorEngineVersions', supportOf(support)),
  },
  'secretsmanager ListSecrets': {
    why: 'moto does not tell when a secret was read',
    mend(answer, _, { secretsRead }) {
      const given = JSON.parse(answer) as { SecretList: { Name: string }[] }
      const SecretList = given.SecretList.map((secret) => {
        const days = secretsRead.get(secret.Name)
        return days === undefined ? secret : { ...secret, LastAccessedDate: daysAgoS(days) }
      })
      return JSON.stringify({ ...given, SecretList })
    },
  },
  'iam GetCredentialReport': {
    why: 'moto does not tell when a key was used before today',
    mend: (answer, _, { keysUsed }) =>
      answer.replace(/(<Content>)([^<]*)(<\/Content>)/, (_all, open: string, content: string, close: string) => {
        const report = Buffer.from(content, 'base64').toString()
        return `${open}${Buffer.from(used(report, keysUsed)).toString('base64')}${close}`
      }),
  },
  'servicequotas ListServiceQuotas': {
    why: 'moto has none but those of VPC, without the metrics of their use',
    answer: ({ input }, { quotas }) => quotasOf(String(input.ServiceCode), quotas, ({ limit }) => limit),
  },
  'servicequotas ListAWSDefaultServiceQuotas': {
    why: 'as above',
    answer: ({ input }, { quotas }) => quotasOf(String(input.ServiceCode), quotas, ({ defaultLimit }) => defaultLimit),
  },
}

/** The members of one list of an answer in XML, which hold lists themselves. */
function eachItem(xml: string, list: string, change: (item: string) => string): string {
  const [before, after] = [xml.indexOf(`<${list}>`), xml.lastIndexOf(`</${list}>`)]
  if (before < 0 || after < 0) return xml
  const from = before + list.length + 2
  let [depth, begin, changed] = [0, from, '']
  for (const tag of xml.slice(from, after).matchAll(/<(\/?)item>/g)) {
    const at = from + tag.index
    if (!tag[1] && depth === 0) begin = at
    depth += tag[1] ? -1 : 1
    if (depth === 0) changed += change(xml.slice(begin, at + '</item>'.length))
  }
  return `${xml.slice(0, from)}${changed}${xml.slice(after)}`
}

const daysAgoS = (days: number) => Math.floor(Date.now() / 1_000) - days * 86_400

interface Query {
  Id: string
  MetricStat?: { Stat: string; Period: number; Metric: { Dimensions?: { Name: string; Value: string }[] } }
}
const queriesOf = ({ input }: RecordedCall) => (input.MetricDataQueries ?? []) as Query[]
const isPercentile = ({ MetricStat }: Query) => /^p\d/.test(MetricStat?.Stat ?? '')

function percentileOf({ Id, MetricStat }: Query, { input }: RecordedCall, { durations }: Told) {
  const name = MetricStat?.Metric.Dimensions?.find(({ Name }) => Name === 'FunctionName')?.Value
  const value = durations.get(name ?? '')?.[MetricStat?.Stat as 'p90' | 'p99']
  const [from, until, step] = [secondsOf(input.StartTime), secondsOf(input.EndTime), MetricStat?.Period ?? 86_400]
  const Timestamps = value === undefined ? [] : Array.from({ length: Math.floor((until - from) / step) }, (_, at) => from + at * step)
  return { Id, Label: Id, Timestamps, Values: Timestamps.map(() => value), StatusCode: 'Complete' }
}
const secondsOf = (time: unknown) => (typeof time === 'number' ? time : Date.parse(String(time)) / 1_000)

const reportLines = ({ memory }: Told) => ({
  status: 'Complete',
  statistics: { bytesScanned: 4_000_000 },
  results: [...memory].map(([name, { memoryMB, maxUsedMB, calls, billedMs }]) =>
    Object.entries({
      ...{ '@log': `123456789012:/aws/lambda/${name}`, fn: '', '@memorySize': `${memoryMB}000000`, calls: String(calls) },
      ...{ usedBytes: `${maxUsedMB}000000`, billedMs: String(billedMs) },
    }).map(([field, value]) => ({ field, value })),
  ),
})

/** Only those that were asked for. */
function maintenanceFor(input: Record<string, unknown>, maintenance: Told['maintenance']): string {
  const asked = new Set(Object.values(input).map(String))
  const items = [...maintenance].flatMap(([arn, { action, appliesAt }]) =>
    asked.has(arn)
      ? `<ResourcePendingMaintenanceActions><ResourceIdentifier>${arn}</ResourceIdentifier><PendingMaintenanceActionDetails><PendingMaintenanceAction><Action>${action}</Action><CurrentApplyDate>${appliesAt}</CurrentApplyDate></PendingMaintenanceAction></PendingMaintenanceActionDetails></ResourcePendingMaintenanceActions>`
      : [],
  )
  return `<PendingMaintenanceActions>${items.join('')}</PendingMaintenanceActions>`
}

const supportOf = (support: Told['support']) =>
  `<DBMajorEngineVersions>${[...support]
    .map(([of, end]) => {
      const [engine, major] = of.split(' ')
      return `<DBMajorEngineVersion><Engine>${engine}</Engine><MajorEngineVersion>${major}</MajorEngineVersion><SupportedEngineLifecycles><SupportedEngineLifecycle><LifecycleSupportName>open-source-rds-standard-support</LifecycleSupportName><LifecycleSupportStartDate>2018-01-01T00:00:00Z</LifecycleSupportStartDate><LifecycleSupportEndDate>${end}T00:00:00Z</LifecycleSupportEndDate></SupportedEngineLifecycle></SupportedEngineLifecycles></DBMajorEngineVersion>`
    })
    .join('')}</DBMajorEngineVersions>`

/** The day of last use of first keys, in the columns of the report. */
function used(report: string, keysUsed: Told['keysUsed']): string {
  const [head = '', ...lines] = report.split(/\r?\n/)
  const columns = head.split(',')
  const [date, region, service] = ['date', 'region', 'service'].map((of) => columns.indexOf(`access_key_1_last_used_${of}`))
  return [
    head,
    ...lines.map((line) => {
      const cells = line.split(',')
      const days = keysUsed.get(cells[0] ?? '')
      if (days === undefined) return line
      cells[date as number] = new Date(daysAgoS(days) * 1_000).toISOString()
      cells[region as number] = 'us-east-1'
      cells[service as number] = 's3'
      return cells.join(',')
    }),
  ].join('\n')
}

function quotasOf(service: string, quotas: Told['quotas'], limitOf: (quota: { limit: number; defaultLimit: number }) => number): string {
  const Quotas = (quotas.get(service) ?? []).map((quota) => ({
    ...{ ServiceCode: service, QuotaCode: quota.code, QuotaName: quota.name, Value: limitOf(quota), Adjustable: true, GlobalQuota: false },
    UsageMetric: {
      ...{ MetricNamespace: quota.metric.namespace, MetricName: quota.metric.name, MetricDimensions: quota.metric.dimensions },
      MetricStatisticRecommendation: 'Maximum',
    },
  }))
  return JSON.stringify({ Quotas })
}
