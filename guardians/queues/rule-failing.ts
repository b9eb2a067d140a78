import { defineCheck, fail, pass, type Series } from '../define.ts'
import { type Rule, rules, ruleTargets } from '../inventory/rules.ts'

const sum = ({ values }: Series): number => values.reduce((total, value) => total + value, 0)

/** EventBridge names the bus only where it is not the default one. */
const dimensions = ({ name, bus }: Rule) => ({ ...(bus === 'default' ? {} : { EventBusName: bus }), RuleName: name })

const counted = (metric: string) =>
  ({ namespace: 'AWS/Events', metric, stat: 'Sum', periodS: 86_400, days: { option: 'days' }, dimensions, absent: 'zero' }) as const

/** An event that could not be delivered is gone, unless the target has a dead-letter queue. */
export const ruleFailing = defineCheck('queues-rule-failing', {
  number: 30,
  severity: 'medium',
  title: { en: 'Event rule that loses events', ja: 'イベントを失うルール' },
  why: {
    en: 'EventBridge tries a target for up to a day and then drops the event. Without a dead-letter queue nobody can say which events were lost.',
    ja: 'EventBridge は最長 1 日再試行したあとイベントを破棄します。デッドレターキューがないと、何が失われたか分かりません。',
  },
  fix: {
    en: 'Give each target a queue: `aws events put-targets --rule NAME --event-bus-name BUS --targets Id=ID,Arn=ARN,DeadLetterConfig={Arn=QUEUE_ARN}`; for failures see the permissions of rule and target.',
    ja: '各ターゲットにキューを設定します: `aws events put-targets --rule NAME --event-bus-name BUS --targets Id=ID,Arn=ARN,DeadLetterConfig={Arn=QUEUE_ARN}`。失敗がある場合はルールとターゲットの権限を確認します。',
  },
  peers: ['sls-mentor'],
  says: {
    failing: {
      en: '{failed} invocations failed for good on {failedDays} of {days} days; targets without a dead-letter queue: {withoutQueue}',
      ja: '直近 {days} 日のうち {failedDays} 日で {failed} 回の呼び出しが最終的に失敗。デッドレターキューのないターゲット: {withoutQueue}',
    },
    'queue-refuses': {
      en: '{lost} events could not even be put into the dead-letter queue in {days} days',
      ja: '直近 {days} 日で {lost} 件のイベントがデッドレターキューにも入れられませんでした',
    },
    'no-queue': {
      en: 'Targets without a dead-letter queue: {withoutQueue}',
      ja: 'デッドレターキューのないターゲット: {withoutQueue}',
    },
  },
  subject: rules,
  options: {
    days: { default: 7, unit: 'days', source: 'ours' },
    minFailed: { default: 1, unit: 'invocations', source: 'ours' },
  },
  metrics: { failures: counted('FailedInvocations'), undelivered: counted('InvocationsFailedToBeSentToDlq') },
  details: { targets: ruleTargets },
  applies: ({ enabled, managed }) => enabled && !managed,
  judge(rule, { options, metrics: { failures, undelivered }, details: { targets } }) {
    const withoutQueue = targets.filter(({ hasDeadLetterQueue }) => !hasDeadLetterQueue).map(({ arn }) => arn)
    const evidence = {
      ...{ bus: rule.bus, days: options.days, failed: sum(failures), lost: sum(undelivered) },
      failedDays: failures.values.filter((value) => value > 0).length,
      ...{ targets: targets.length, withoutQueue: withoutQueue.slice(0, 20) },
    }
    if (evidence.lost > 0) return fail('queue-refuses', evidence)
    if (evidence.failed >= Math.max(1, options.minFailed)) return fail('failing', evidence)
    return withoutQueue.length > 0 ? fail('no-queue', evidence) : pass
  },
})
