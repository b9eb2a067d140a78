import { expect, test } from 'vitest'
import { checkTable, exampleNow } from '../../test/check-table.ts'
import type { Quota } from '../inventory/quotas.ts'
import { near } from './near.ts'

const vcpu: Quota = {
  ...{ arn: 'arn:aws:servicequotas:us-east-1:123456789012:ec2/L-1216C47A', name: 'Running On-Demand Standard instances' },
  ...{ service: 'ec2', code: 'L-1216C47A', limit: 64, defaultLimit: 5, perS: 0 },
  metric: { use: 'resources', dimensions: { Type: 'Resource', Resource: 'vCPU', Service: 'EC2', Class: 'Standard/OnDemand' } },
}
const rate: Quota = {
  ...{ arn: 'arn:aws:servicequotas:us-east-1:123456789012:kms/L-6E3AF000', name: 'Cryptographic operations, symmetric' },
  ...{ service: 'kms', code: 'L-6E3AF000', limit: 10_000, defaultLimit: 10_000, perS: 1 },
  metric: { use: 'calls', dimensions: { Type: 'API', Resource: 'CryptographicOperationsSymmetric', Service: 'KMS', Class: 'None' } },
}
const series = (...values: number[]) => ({ at: values.map((_, at) => exampleNow - (values.length - at) * 3_600_000), values })

checkTable(near, {
  flags: {
    'four fifths are used at noon': {
      row: vcpu,
      metrics: { resources: series(20, 52, 30) },
      reason: 'near',
      severity: 'medium',
      evidence: { service: 'ec2', code: 'L-1216C47A', used: 52, limit: 64, percent: 81.3, defaultLimit: 5, windowHours: 24 },
    },
    'nothing is left': { row: vcpu, metrics: { resources: series(64) }, reason: 'full', severity: 'high' },
    'what everybody gets is not known': {
      row: { ...vcpu, defaultLimit: null },
      metrics: { resources: series(64) },
      reason: 'full',
      evidence: { defaultLimit: null },
    },
    'a rate is compared over its own period': {
      row: rate,
      // Nine thousand a second for five minutes.
      metrics: { calls: series(0, 2_700_000) },
      reason: 'near',
      evidence: { used: 9000, limit: 10_000, percent: 90 },
    },
    'a rate by the minute': {
      row: { ...rate, limit: 600, perS: 60 },
      metrics: { calls: series(3000) },
      reason: 'full',
      evidence: { used: 600 },
    },
    'concurrent executions of Lambda': {
      row: { ...vcpu, service: 'lambda', limit: 1000, metric: { use: 'executions', dimensions: {} } },
      metrics: { executions: series(990) },
      reason: 'near',
    },
    'earlier than Trusted Advisor says, if one wants': {
      row: vcpu,
      options: { yellowPercent: 50 },
      metrics: { resources: series(32) },
      reason: 'near',
    },
  },
  passes: {
    'there is room': { row: vcpu, metrics: { resources: series(20, 51) } },
    'nothing of the kind is there': { row: vcpu, metrics: { resources: series() } },
    'many calls, but not at once': { row: rate, metrics: { calls: series(100_000, 100_000) } },
  },
})

test('each quota is asked for by the metric that AWS names, and by no other', () => {
  expect(near.metrics?.resources.dimensions(vcpu)).toEqual(vcpu.metric.dimensions)
  expect(near.metrics?.calls.dimensions(vcpu)).toBeNull()
  expect(near.metrics?.executions.dimensions(vcpu)).toBeNull()
})
