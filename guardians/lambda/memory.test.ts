import { checkTable } from '../../test/check-table.ts'
import { busyFunction } from '../../test/lambda-examples.ts'
import { memory } from './memory.ts'

/** 1,000 calls that took a second each. */
const used = (maxUsedMB: number) => ({ use: { windowHours: 168, invocations: 1_000, maxUsedMB, billedSeconds: 1_000 } })

checkTable(memory, {
  flags: {
    'a tenth of it is used: 896 MB less for 70,000 seconds a week': {
      row: busyFunction(),
      details: used(100),
      ...{
        reason: 'over',
        severity: 'low',
        evidence: { memoryMB: 1_024, maxUsedMB: 100, usedPercent: 9.8, enoughMB: 128, windowHours: 168 },
      },
      usdPerMonth: 4.44,
    },
    'the same on ARM costs less': { row: busyFunction({ arm: true }), details: used(100), usdPerMonth: 3.55 },
    'what was read is an hour: the week’s calls are what counts': {
      row: busyFunction({ invocations: 7_000_000 }),
      details: { use: { windowHours: 1, invocations: 40_000, maxUsedMB: 100, billedSeconds: 40_000 } },
      ...{ reason: 'over', usdPerMonth: 443.58 },
    },
    'nine tenths are used': {
      row: busyFunction(),
      details: used(930),
      ...{ reason: 'under', severity: 'medium', evidence: { maxUsedMB: 930, usedPercent: 90.8 }, usdPerMonth: null },
    },
  },
  passes: {
    'in between': { row: busyFunction(), details: used(600) },
    'little is used, of the least there is': { row: busyFunction({ memoryMB: 128 }), details: used(40) },
    'too few calls to read its logs for': { row: busyFunction({ invocations: 999 }) },
    'as much as the configuration wants spare': { row: busyFunction(), options: { sparePercent: 100 }, details: used(500) },
  },
  unknown: {
    'nothing in its logs': { row: busyFunction(), details: { use: { missing: 'REPORT lines in x' } }, missing: 'REPORT lines in x' },
    'its calls are not known': { row: busyFunction({ invocations: null }), details: used(100), missing: 'cloudwatch:GetMetricData' },
  },
})
