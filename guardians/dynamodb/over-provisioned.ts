import { defineCheck, fail, pass, type Series } from '../define.ts'
import { type Table, tableDescription, tables } from '../inventory/tables.ts'
import { daysSince } from '../resource.ts'

const consumed = (metric: string) =>
  ({
    namespace: 'AWS/DynamoDB',
    metric,
    stat: 'Sum',
    periodS: 3600,
    days: { option: 'days' },
    absent: 'zero',
    dimensions: ({ name }: Table) => ({ TableName: name }),
  }) as const

/** A busy hour is planned to use so much of what is provisioned: the target that AWS proposes for scaling. */
const targetUse = 0.7
/** A write unit costs five times a read unit, in every region. */
const readsPerWrite = 5

interface Use {
  provisioned: number
  /** Per cent of it, over the whole window. */
  percent: number
  busiestHourPercent: number
  /** Units beyond what the busiest hour needs. */
  spare: number
}

function useOf({ values }: Series, provisioned: number): Use {
  const perS = values.map((units) => units / 3600)
  const busiest = Math.max(0, ...perS)
  const average = values.length === 0 ? 0 : perS.reduce((total, value) => total + value, 0) / values.length
  const percentOf = (units: number) => (provisioned === 0 ? 0 : Math.round((1000 * units) / provisioned) / 10)
  return {
    provisioned,
    percent: percentOf(average),
    busiestHourPercent: percentOf(busiest),
    spare: Math.max(0, provisioned - Math.max(1, Math.ceil(busiest / targetUse))),
  }
}

/** Provisioned units are paid for whether they are used or not. */
export const overProvisioned = defineCheck('dynamodb-over-provisioned', {
  number: 32,
  severity: 'medium',
  title: { en: 'Table with far more capacity than it uses', ja: '使用量に対して容量が過大なテーブル' },
  why: {
    en: 'Provisioned units are paid for every hour, used or not.',
    ja: 'プロビジョニングした容量は、使わなくても毎時間課金されます。',
  },
  fix: {
    en: 'Provision less: `aws dynamodb update-table --table-name NAME --provisioned-throughput ReadCapacityUnits=N,WriteCapacityUnits=M`, let it scale, or pay by request with `--billing-mode PAY_PER_REQUEST`.',
    ja: '`aws dynamodb update-table --table-name NAME --provisioned-throughput ReadCapacityUnits=N,WriteCapacityUnits=M` で減らすか、自動スケーリング、または `--billing-mode PAY_PER_REQUEST` でリクエスト課金にします。',
  },
  peers: ['cloudrift'],
  says: {
    idle: {
      en: 'Reads use {readPercent} % of {readUnits} units (busiest hour {readBusiestPercent} %), writes {writePercent} % of {writeUnits} ({writeBusiestPercent} %), over {days} days',
      ja: '直近 {days} 日の使用率: 読み込み {readUnits} ユニットの {readPercent} %（最も忙しい 1 時間で {readBusiestPercent} %）、書き込み {writeUnits} ユニットの {writePercent} %（同 {writeBusiestPercent} %）',
    },
  },
  subject: tables,
  options: {
    days: { default: 7, unit: 'days', source: 'cloudrift' },
    maxPercent: { default: 10, unit: '% of the capacity', source: 'cloudrift' },
    maxBusiestPercent: { default: 50, unit: '% of the capacity in the busiest hour', source: 'ours' },
    minUnits: { default: 6, unit: 'units per second', source: 'ours: five is what the console proposes, and costs cents' },
  },
  metrics: { reads: consumed('ConsumedReadCapacityUnits'), writes: consumed('ConsumedWriteCapacityUnits') },
  details: { table: tableDescription },
  judge(_, { now, options, metrics, details: { table }, savings }) {
    const ageDays = daysSince(table.createdAt, now)
    if (table.provisioned === null || (ageDays !== null && ageDays < options.days)) return pass
    const read = useOf(metrics.reads, table.provisioned.read)
    const write = useOf(metrics.writes, table.provisioned.write)
    const idle = [read, write].filter(
      (use) =>
        use.provisioned >= options.minUnits && use.percent < options.maxPercent && use.busiestHourPercent < options.maxBusiestPercent,
    )
    if (idle.length === 0) return pass
    const spare = (idle.includes(read) ? read.spare : 0) + readsPerWrite * (idle.includes(write) ? write.spare : 0)
    const evidence = {
      ...{ readUnits: read.provisioned, readPercent: read.percent, readBusiestPercent: read.busiestHourPercent },
      ...{ writeUnits: write.provisioned, writePercent: write.percent, writeBusiestPercent: write.busiestHourPercent },
      ...{ days: options.days, tableClass: table.tableClass },
    }
    return fail('idle', evidence, { savings: table.tableClass === 'STANDARD' ? savings('dynamodb-capacity', spare) : null })
  },
})
