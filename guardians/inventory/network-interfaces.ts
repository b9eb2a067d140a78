import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf, nameIn, ownerIn } from '../resource.ts'

export interface NetworkInterface extends Resource {
  id: string
  /** `available`: attached to nothing. */
  status: string
  /** Made and deleted by a service of AWS, not by people. */
  managed: boolean
  /** `interface`, `lambda`, `nat_gateway`, … */
  kind: string
  description: string
  subnet: string | null
  securityGroups: string[]
}

/** Network interfaces. AWS does not tell when one was made or detached. */
export const networkInterfaces = defineInventory<NetworkInterface>('network-interfaces', {
  title: { en: 'Network interfaces', ja: 'ネットワークインターフェイス' },
  scope: 'region',
  calls: ['ec2:DescribeNetworkInterfaces'],
  async page({ aws, target, settings }, token) {
    const answer = await aws.send(EC2Client, new DescribeNetworkInterfacesCommand({ MaxResults: 1000, NextToken: token }))
    const rows = (answer.NetworkInterfaces ?? []).map(
      (face): NetworkInterface => ({
        arn: arnOf(target, 'ec2', `network-interface/${face.NetworkInterfaceId}`),
        id: face.NetworkInterfaceId ?? '',
        status: face.Status ?? '',
        managed: Boolean(face.RequesterManaged || face.Operator?.Managed),
        kind: face.InterfaceType ?? '',
        description: face.Description ?? '',
        subnet: face.SubnetId ?? null,
        securityGroups: (face.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
        ...nameIn(face.TagSet),
        ...ownerIn(face.TagSet, settings),
      }),
    )
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})
