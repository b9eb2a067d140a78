import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { LambdaFunction } from '../inventory/functions.ts'
import type { LogGroup } from '../inventory/log-groups.ts'
import { orphan } from './orphan.ts'

const group = (name: string, over: Partial<LogGroup> = {}): LogGroup => ({
  ...{ arn: `arn:aws:logs:us-east-1:123456789012:log-group:${name}`, name, retentionDays: 30, delivery: false },
  ...{ storedBytes: 10 * 2 ** 30, createdAt: daysAgo(400), ...over },
})
const functionNamed = (name: string, logGroup = `/aws/lambda/${name}`): LambdaFunction => ({
  ...{ arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`, name, runtime: 'nodejs24.x', timeoutS: 3, memoryMB: 128 },
  ...{ arm: false, modifiedAt: daysAgo(10), subnets: [], deadLetter: false, logGroup },
})
const reads = { functions: [functionNamed('orders'), functionNamed('mail', '/aws/lambda/old-mail')] }

checkTable(orphan, {
  flags: {
    'its function is gone': {
      row: group('/aws/lambda/invoices'),
      reads,
      ...{ evidence: { function: 'invoices', storedGiB: 10, retentionDays: 30, ageDays: 400 }, usdPerMonth: 0.3 },
    },
    'no function is left at all': { row: group('/aws/lambda/invoices') },
    'of another function whose name begins alike': { row: group('/aws/lambda/order'), reads },
    'of an edge function that is gone from this region': { row: group('/aws/lambda/us-east-1.signer'), reads },
  },
  passes: {
    'its function is there': { row: group('/aws/lambda/orders'), reads },
    'its function writes elsewhere now': { row: group('/aws/lambda/mail'), reads },
    'another function writes into it': { row: group('/aws/lambda/old-mail'), reads },
    'an edge function of this region': { row: group('/aws/lambda/us-east-1.orders'), reads },
    'not a function’s': { row: group('/aws/rds/orders'), reads },
    'below a function’s name, made by people': { row: group('/aws/lambda/team/app'), reads },
    'made today: its function may be newer than the list': { row: group('/aws/lambda/new', { createdAt: daysAgo(0.5) }), reads },
  },
  unknown: {
    'an edge function of another region': {
      row: group('/aws/lambda/us-east-1.orders'),
      ...{ reads, target: { region: 'eu-west-1' }, missing: 'lambda:ListFunctions in us-east-1' },
    },
  },
})
