import { checkTable } from '../../test/check-table.ts'
import { lambdaFunction } from '../../test/lambda-examples.ts'
import type { Subnet } from '../inventory/subnets.ts'
import { singleAz } from './single-az.ts'

const subnet = (id: string, zone: string): Subnet => ({ arn: `arn:aws:ec2:us-east-1:123456789012:subnet/${id}`, id, zone })
const reads = { subnets: [subnet('subnet-1', 'us-east-1a'), subnet('subnet-2', 'us-east-1a'), subnet('subnet-3', 'us-east-1b')] }

checkTable(singleAz, {
  flags: {
    'one subnet': { row: lambdaFunction({ subnets: ['subnet-1'] }), reads, evidence: { subnets: ['subnet-1'], zone: 'us-east-1a' } },
    'two subnets of the same zone': { row: lambdaFunction({ subnets: ['subnet-1', 'subnet-2'] }), reads },
  },
  passes: {
    'two zones': { row: lambdaFunction({ subnets: ['subnet-1', 'subnet-3'] }), reads },
    'two zones, and a subnet that cannot be seen': { row: lambdaFunction({ subnets: ['subnet-1', 'subnet-3', 'subnet-9'] }), reads },
    'not in a VPC': { row: lambdaFunction(), reads },
  },
  unknown: {
    'a subnet that cannot be seen may be in another zone': {
      row: lambdaFunction({ subnets: ['subnet-1', 'subnet-9'] }),
      ...{ reads, missing: 'ec2:DescribeSubnets of subnet-9' },
    },
  },
})
