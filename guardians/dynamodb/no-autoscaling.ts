import { defineCheck, fail, pass } from '../define.ts'
import { scalableTargets } from '../inventory/scalable-targets.ts'
import { tableDescription, tables } from '../inventory/tables.ts'

const key = (resourceId: string, dimension: string): string => `${resourceId} ${dimension}`

/** Provisioned capacity that nobody scales is wrong twice a day: too little at noon, too much at night. */
export const noAutoscaling = defineCheck('dynamodb-no-autoscaling', {
  number: 34,
  severity: 'medium',
  title: { en: 'Provisioned table that does not scale', ja: '自動スケーリングのないプロビジョニングテーブル' },
  why: {
    en: 'Its capacity stays as somebody once set it: a rush is throttled, and quiet hours are paid for.',
    ja: '容量が一度設定したままで、負荷が高まるとスロットリングされ、静かな時間も課金されます。',
  },
  fix: {
    en: 'Put it on demand: `aws dynamodb update-table --table-name NAME --billing-mode PAY_PER_REQUEST`; or `aws application-autoscaling register-scalable-target --service-namespace dynamodb --resource-id table/NAME --scalable-dimension dynamodb:table:WriteCapacityUnits --min-capacity 5 --max-capacity 500`, with a policy by `put-scaling-policy`.',
    ja: '`aws dynamodb update-table --table-name NAME --billing-mode PAY_PER_REQUEST` でオンデマンドにするか、`aws application-autoscaling register-scalable-target --service-namespace dynamodb --resource-id table/NAME --scalable-dimension dynamodb:table:WriteCapacityUnits --min-capacity 5 --max-capacity 500` と `put-scaling-policy` で自動スケーリングを設定します。',
  },
  peers: ['sls-mentor'],
  says: {
    fixed: {
      en: '{readUnits} read and {writeUnits} write units, and nothing scales {unscaled}',
      ja: '読み込み {readUnits}・書き込み {writeUnits} ユニット。自動スケーリングなし: {unscaled}',
    },
  },
  subject: tables,
  details: { table: tableDescription },
  reads: { targets: scalableTargets },
  prepare: ({ targets }) => new Set(targets.map(({ resourceId, dimension }) => key(resourceId, dimension))),
  judge({ name }, { details: { table }, known }) {
    if (table.provisioned === null) return pass
    const parts = [
      { told: 'table', id: `table/${name}`, kind: 'table' },
      ...table.indexes.map((index) => ({ told: index, id: `table/${name}/index/${index}`, kind: 'index' })),
    ]
    const unscaled = parts.flatMap(({ told, id, kind }) =>
      (['Read', 'Write'] as const).flatMap((way) =>
        known.has(key(id, `dynamodb:${kind}:${way}CapacityUnits`)) ? [] : [`${told} ${way.toLowerCase()}s`],
      ),
    )
    if (unscaled.length === 0) return pass
    return fail('fixed', { readUnits: table.provisioned.read, writeUnits: table.provisioned.write, unscaled: unscaled.slice(0, 20) })
  },
})
