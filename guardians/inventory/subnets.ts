import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf, nameIn, ownerIn } from '../resource.ts'

export interface Subnet extends Resource {
  id: string
  /** Availability zone: `us-east-1a`. */
  zone: string
}

/** Subnets, those that other accounts share with this one too. */
export const subnets = defineInventory<Subnet>('subnets', {
  title: { en: 'Subnets', ja: 'サブネット' },
  scope: 'region',
  calls: ['ec2:DescribeSubnets'],
  async page({ aws, target, settings }, token) {
    const answer = await aws.send(EC2Client, new DescribeSubnetsCommand({ MaxResults: 1_000, NextToken: token }))
    const rows = (answer.Subnets ?? []).map((subnet) => ({
      arn: subnet.SubnetArn ?? arnOf(target, 'ec2', `subnet/${subnet.SubnetId}`),
      id: subnet.SubnetId ?? '',
      zone: subnet.AvailabilityZone ?? '',
      ...nameIn(subnet.Tags),
      ...ownerIn(subnet.Tags, settings),
    }))
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})
