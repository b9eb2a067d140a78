import { checkTable } from '../../test/check-table.ts'
import type { ServiceCost } from '../inventory/costs.ts'
import { anomaly } from './anomaly.ts'

const cost = (spent: number, before: number, over: Partial<ServiceCost> = {}): ServiceCost => ({
  ...{ arn: 'arn:aws:ce::123456789012:service/Amazon EC2', name: 'Amazon EC2', service: 'Amazon EC2', unit: 'USD', spent, before },
  ...{ days: 10, daysOfMonth: 30, from: '2026-11-01', beforeFrom: '2026-10-01', ...over },
})

checkTable(anomaly, {
  flags: {
    'half as much again': {
      row: cost(150, 100),
      reason: 'grew',
      evidence: { delta: 50, percent: 50, days: 10 },
      usdPerMonth: null,
    },
    'a service that nobody had': { row: cost(10.5, 0), reason: 'began', evidence: { percent: null, perMonth: 31.5 }, usdPerMonth: null },
    'in another currency: no dollars are told': { row: cost(300, 100, { unit: 'CNY' }), usdPerMonth: null },
  },
  passes: {
    'as much as before': { row: cost(100, 100) },
    'ten more, and not a cent above': { row: cost(20, 10) },
    'fifty more of a thousand': { row: cost(1_050, 1_000) },
    'less than before': { row: cost(10, 500) },
    'within what the configuration allows': { row: cost(150, 100), options: { units: 100 } },
  },
})
