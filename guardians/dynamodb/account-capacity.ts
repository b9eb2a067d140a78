import { defineCheck, fail, pass, type Series } from '../define.ts'
import { dynamodbAccount } from '../inventory/dynamodb-account.ts'

/** Per cent of the limit, told by DynamoDB itself, of all tables together or of the largest one. */
const use = (metric: string) =>
  ({
    namespace: 'AWS/DynamoDB',
    metric,
    stat: 'Maximum',
    periodS: 3600,
    days: 1,
    dimensions: () => ({}),
    // Written only where tables have provisioned capacity.
    absent: 'zero',
  }) as const

const highest = ({ values }: Series): number => Math.round(Math.max(0, ...values) * 10) / 10

/** At the limit no table can be made larger, by hand or by scaling. */
export const accountCapacity = defineCheck('dynamodb-account-capacity', {
  number: 33,
  severity: 'high',
  title: { en: 'DynamoDB capacity of the account nearly used up', ja: 'アカウントの DynamoDB 容量が上限に近い' },
  why: {
    en: 'At the limit tables cannot be made larger, neither by hand nor by scaling: the next rush is throttled.',
    ja: '上限に達すると、手動でも自動でもテーブルの容量を増やせず、次の負荷でスロットリングが起きます。',
  },
  fix: {
    en: 'Ask for more: `aws service-quotas list-service-quotas --service-code dynamodb`, then `aws service-quotas request-service-quota-increase`; or put tables on demand.',
    ja: '`aws service-quotas list-service-quotas --service-code dynamodb` で確認し、`aws service-quotas request-service-quota-increase` で引き上げを申請するか、テーブルをオンデマンドにします。',
  },
  peers: ['AWS Config'],
  says: {
    account: {
      en: 'All tables: reads {accountReadPercent} % of {accountReadUnits} units, writes {accountWritePercent} % of {accountWriteUnits}, at the highest of the last day',
      ja: '全テーブル合計の直近 1 日の最大: 読み込み {accountReadUnits} ユニットの {accountReadPercent} %、書き込み {accountWriteUnits} ユニットの {accountWritePercent} %',
    },
    table: {
      en: 'The largest table: reads {tableReadPercent} % of {tableReadUnits} units, writes {tableWritePercent} % of {tableWriteUnits}, at the highest of the last day',
      ja: '最大のテーブルの直近 1 日の最大: 読み込み {tableReadUnits} ユニットの {tableReadPercent} %、書き込み {tableWriteUnits} ユニットの {tableWritePercent} %',
    },
  },
  subject: dynamodbAccount,
  options: { maxPercent: { default: 80, unit: '% of the limit', source: 'AWS Config' } },
  metrics: {
    accountRead: use('AccountProvisionedReadCapacityUtilization'),
    accountWrite: use('AccountProvisionedWriteCapacityUtilization'),
    tableRead: use('MaxProvisionedTableReadCapacityUtilization'),
    tableWrite: use('MaxProvisionedTableWriteCapacityUtilization'),
  },
  judge(limits, { options, metrics }) {
    const evidence = {
      ...{ accountReadPercent: highest(metrics.accountRead), accountReadUnits: limits.accountRead },
      ...{ accountWritePercent: highest(metrics.accountWrite), accountWriteUnits: limits.accountWrite },
      ...{ tableReadPercent: highest(metrics.tableRead), tableReadUnits: limits.tableRead },
      ...{ tableWritePercent: highest(metrics.tableWrite), tableWriteUnits: limits.tableWrite },
      windowHours: 24,
    }
    if (Math.max(evidence.accountReadPercent, evidence.accountWritePercent) >= options.maxPercent) return fail('account', evidence)
    if (Math.max(evidence.tableReadPercent, evidence.tableWritePercent) >= options.maxPercent) return fail('table', evidence)
    return pass
  },
})
