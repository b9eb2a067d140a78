import { defineCheck, fail, pass } from '../define.ts'
import { alarms } from '../inventory/alarms.ts'
import { criticalResources, takesDeadLetters } from '../inventory/critical-resources.ts'

const kinds: readonly string[] = ['load-balancer', 'database', 'dead-letter-queue', 'function', 'table']

/** Of queues only those that take dead letters are judged: the others have a check of their age. */
const kindOf = (kind: string): string => (kind === 'queue' ? 'dead-letter-queue' : kind)

/** When it fails, customers are the ones who tell. */
export const missing = defineCheck('alarms-missing', {
  number: 54,
  severity: 'high',
  title: { en: 'Nothing watches it', ja: '監視するアラームがない重要リソース' },
  why: {
    en: 'When it fails, the first to tell are those who use it.',
    ja: '障害が起きたとき、最初に知らせるのが利用者になってしまいます。',
  },
  fix: {
    en: '`aws cloudwatch put-metric-alarm --alarm-name NAME --namespace NS --metric-name METRIC --dimensions Name=DIMENSION,Value=VALUE --statistic Sum --period 300 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanOrEqualToThreshold --alarm-actions TOPIC-ARN`; take what its users feel: errors, age, throttles, free storage.',
    ja: '`aws cloudwatch put-metric-alarm --alarm-name NAME --namespace NS --metric-name METRIC --dimensions Name=DIMENSION,Value=VALUE --statistic Sum --period 300 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanOrEqualToThreshold --alarm-actions TOPIC-ARN`。エラー・滞留時間・スロットル・空き容量など、利用者が感じる指標を選びます。',
  },
  peers: [],
  says: {
    unwatched: { en: 'No alarm names this {kind} ({namespace})', ja: 'この {kind}（{namespace}）を見るアラームなし' },
  },
  subject: criticalResources,
  options: { kinds: { default: kinds, unit: 'kinds of resources that are judged', source: 'ours' } },
  details: { deadLetters: takesDeadLetters },
  reads: { alarms },
  prepare: ({ alarms: all }) => ({
    watched: new Set(all.flatMap(({ watches }) => watches)),
    fleets: new Set(all.flatMap(({ fleets }) => fleets)),
    alarms: all.length,
  }),
  applies: ({ kind, namespace, watchedBy }, { options, known }) =>
    options.kinds.includes(kindOf(kind)) && !known.fleets.has(namespace) && !watchedBy.some((key) => known.watched.has(key)),
  judge({ kind, namespace, watchedBy }, { details, known }) {
    if (kind === 'queue' && !details.deadLetters) return pass
    const evidence = { kind: kindOf(kind), namespace, lookedFor: watchedBy, alarmsSeen: known.alarms }
    // One of hundreds of functions or tables is rarely what everybody depends on.
    return fail('unwatched', evidence, { severity: kind === 'function' || kind === 'table' ? 'medium' : 'high' })
  },
})
