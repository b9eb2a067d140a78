import { expect, test } from 'vitest'
import { checkTable, daily } from '../../test/check-table.ts'
import type { Rule, RuleTarget } from '../inventory/rules.ts'
import { ruleFailing } from './rule-failing.ts'

const rule = (over: Partial<Rule> = {}): Rule => ({
  ...{ arn: 'arn:aws:events:us-east-1:123456789012:rule/nightly', name: 'nightly', bus: 'default', enabled: true, managed: false },
  ...over,
})
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:nightly'
const bare: RuleTarget[] = [{ arn, hasDeadLetterQueue: false }]
const kept: RuleTarget[] = [{ arn, hasDeadLetterQueue: true }]
const quiet = { failures: daily([0, 0, 0, 0, 0, 0, 0]), undelivered: daily([0, 0, 0, 0, 0, 0, 0]) }
const failed = { ...quiet, failures: daily([0, 0, 2, 0, 0, 1, 0]) }

checkTable(ruleFailing, {
  flags: {
    'invocations failed, and the events are gone': {
      row: rule(),
      metrics: failed,
      details: { targets: bare },
      reason: 'failing',
      evidence: { failed: 3, failedDays: 2, days: 7, withoutQueue: [arn] },
    },
    'a target without a dead-letter queue': { row: rule(), metrics: quiet, details: { targets: bare }, reason: 'no-queue' },
    'one of two': {
      row: rule(),
      metrics: quiet,
      details: { targets: [...kept, { arn: `${arn}-2`, hasDeadLetterQueue: false }] },
      reason: 'no-queue',
      evidence: { targets: 2, withoutQueue: [`${arn}-2`] },
    },
    'the dead-letter queue takes nothing': {
      row: rule(),
      metrics: { ...quiet, undelivered: daily([0, 0, 0, 0, 0, 0, 4]) },
      details: { targets: kept },
      reason: 'queue-refuses',
      evidence: { lost: 4 },
    },
  },
  passes: {
    'each target has one': { row: rule(), metrics: quiet, details: { targets: kept } },
    'no target, nothing to lose': { row: rule(), metrics: quiet, details: { targets: [] } },
    disabled: { row: rule({ enabled: false }), metrics: failed, details: { targets: bare } },
    'kept by AWS, which nobody may change': { row: rule({ managed: true }), metrics: failed, details: { targets: bare } },
    'fewer failures than the configuration minds': {
      row: rule(),
      options: { minFailed: 4 },
      metrics: failed,
      details: { targets: kept },
    },
  },
})

test('CloudWatch knows the bus only where it is not the default one', () => {
  const { dimensions } = ruleFailing.metrics?.failures ?? {}
  expect(dimensions?.(rule())).toEqual({ RuleName: 'nightly' })
  expect(dimensions?.(rule({ bus: 'orders' }))).toEqual({ EventBusName: 'orders', RuleName: 'nightly' })
})
