import type { FunctionTraffic } from '../guardians/inventory/function-traffic.ts'
import type { LambdaFunction } from '../guardians/inventory/functions.ts'
import { daysAgo } from './check-table.ts'

/** A function with nothing wrong, for tables of examples. */
export const lambdaFunction = (over: Partial<LambdaFunction> = {}): LambdaFunction => ({
  ...{ arn: 'arn:aws:lambda:us-east-1:123456789012:function:orders', name: 'orders', runtime: 'nodejs24.x', timeoutS: 10, memoryMB: 1_024 },
  ...{ arm: false, modifiedAt: daysAgo(100), subnets: [], deadLetter: false, logGroup: '/aws/lambda/orders', ...over },
})

export const busyFunction = (over: Partial<FunctionTraffic> = {}): FunctionTraffic => ({
  ...{ ...lambdaFunction(), invocations: 70_000, asyncEvents: 0, logBytes: 2 ** 20, missing: null },
  ...over,
})
