import { DescribeNatGatewaysCommand, EC2Client } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf, nameIn, ownerIn } from '../resource.ts'

export interface NatGateway extends Resource {
  id: string
  /** `available` is the one that is paid for. */
  state: string
  /** Epoch ms. */
  createdAt: number | null
  subnet: string | null
  vpc: string | null
}

export const natGateways = defineInventory<NatGateway>('nat-gateways', {
  title: { en: 'NAT gateways', ja: 'NAT ゲートウェイ' },
  scope: 'region',
  calls: ['ec2:DescribeNatGateways'],
  async page({ aws, target, settings }, token) {
    const answer = await aws.send(EC2Client, new DescribeNatGatewaysCommand({ MaxResults: 1000, NextToken: token }))
    const rows = (answer.NatGateways ?? []).map(
      (gateway): NatGateway => ({
        arn: arnOf(target, 'ec2', `natgateway/${gateway.NatGatewayId}`),
        id: gateway.NatGatewayId ?? '',
        state: gateway.State ?? '',
        createdAt: gateway.CreateTime?.getTime() ?? null,
        subnet: gateway.SubnetId ?? null,
        vpc: gateway.VpcId ?? null,
        ...nameIn(gateway.Tags),
        ...ownerIn(gateway.Tags, settings),
      }),
    )
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})
