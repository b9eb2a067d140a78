import { CloudWatchClient, type CompositeAlarm, DescribeAlarmsCommand, type Metric, type MetricAlarm } from '@aws-sdk/client-cloudwatch'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'
import { ownerCalls, withOwners } from './owners.ts'

export interface Alarm extends Resource {
  kind: 'metric' | 'composite'
  /** `OK`, `ALARM`, `INSUFFICIENT_DATA`. */
  state: string
  /** Since when; epoch ms. */
  stateAt: number | null
  actionsEnabled: boolean
  /** What happens when it goes into ALARM. */
  actions: number
  /** Names of the alarms that a composite one looks at. */
  children: string[]
  /** `watchKey` of each dimension of each metric. */
  watches: string[]
  /** Namespaces that it watches as a whole: a metric without dimensions, or a query over all. */
  fleets: string[]
}

/** By which an alarm and what it watches find each other. */
export const watchKey = (namespace: string, dimension: string, value: string): string => `${namespace} ${dimension} ${value}`

/** Alarms on metrics, and alarms on alarms. */
export const alarms = defineInventory<Alarm>('alarms', {
  title: { en: 'CloudWatch alarms', ja: 'CloudWatch アラーム' },
  scope: 'region',
  calls: ['cloudwatch:DescribeAlarms', ...ownerCalls],
  async page(sources, token) {
    const { aws, target } = sources
    const answer = await aws.send(
      CloudWatchClient,
      new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100, NextToken: token }),
    )
    const arn = (name: string | undefined) => arnOf(target, 'cloudwatch', `alarm:${name}`)
    const found = [
      ...(answer.MetricAlarms ?? []).map(
        (alarm): Alarm => ({ ...shared(alarm, arn(alarm.AlarmName)), kind: 'metric', children: [], ...watched(alarm) }),
      ),
      ...(answer.CompositeAlarms ?? []).map(
        (alarm): Alarm => ({
          ...shared(alarm, arn(alarm.AlarmName)),
          ...{ kind: 'composite', children: childrenOf(alarm.AlarmRule ?? ''), watches: [], fleets: [] },
        }),
      ),
    ]
    const rows = await withOwners(sources, found)
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})

const shared = (alarm: MetricAlarm | CompositeAlarm, arn: string) => ({
  arn: alarm.AlarmArn ?? arn,
  name: alarm.AlarmName ?? '',
  state: alarm.StateValue ?? '',
  stateAt: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime() ?? null,
  actionsEnabled: alarm.ActionsEnabled ?? true,
  actions: alarm.AlarmActions?.length ?? 0,
})

/** `ALARM("name") OR ALARM(arn:…:alarm:name)`. */
const childrenOf = (rule: string): string[] => [
  ...new Set(
    [...rule.matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^()"'\s]+))\s*\)/g)].map((match) =>
      (match[1] ?? match[2] ?? match[3] ?? '').replace(/^arn:.*:alarm:/, ''),
    ),
  ),
]

function watched({ Namespace, MetricName, Dimensions, Metrics = [] }: MetricAlarm): Pick<Alarm, 'watches' | 'fleets'> {
  const metrics: Metric[] = [
    ...(MetricName ? [{ Namespace, MetricName, Dimensions }] : []),
    ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
  ]
  const watches = metrics.flatMap(({ Namespace: namespace = '', Dimensions: dimensions = [] }) =>
    dimensions.map(({ Name, Value }) => watchKey(namespace, Name ?? '', Value ?? '')),
  )
  const whole = metrics.filter(({ Dimensions: dimensions = [] }) => dimensions.length === 0).map((metric) => metric.Namespace ?? '')
  return { watches: [...new Set(watches)], fleets: [...new Set([...whole, ...Metrics.flatMap(({ Expression }) => queried(Expression))])] }
}

/** Namespace of a query over all resources: `SELECT MAX(Errors) FROM SCHEMA("AWS/Lambda", FunctionName)`; one with WHERE is for some only. */
function queried(expression = ''): string[] {
  if (!/^\s*SELECT\b/i.test(expression) || /\bWHERE\b/i.test(expression)) return []
  const namespace = /\bFROM\s+(?:SCHEMA\s*\(\s*)?"([^"]+)"/i.exec(expression)?.[1]
  return namespace ? [namespace] : []
}
